"""Amounts of money in English calls, a line each: what is expected, and what is said."""

import pytest
from tests_of_amounts import written

QUOTED = [
    # Figures
    ("40 USD", "a: it's $40"),
    ("40 USD", "a: it's 40 bucks"),
    ("1200.50 USD", "a: the total is $1,200.50"),
    ("12000 USD", "a: you'd be looking at $12k"),
    ("12000 USD", "a: it runs about 12k dollars"),
    ("1500000 USD", "a: they sold it for $1.5 million"),
    ("35 GBP", "a: It's £35 for the first visit."),
    ("80 EUR", "a: that is 80€ all in"),
    ("99.99 USD", "a: just $99.99 today."),
    ("1250 USD", "a: so one bedroom is 1250 dollars a while back it was less"),
    ("40 USD/hour", "a: we charge $40/hr"),
    ("40..60 USD", "a: It's $40-60 depending on the size."),
    ("40..60 USD", "a: it's $40–$60"),
    ("150 CAD", "a: a hundred and fifty canadian dollars"),
    # Words
    ("118", "c: how much is it", "a: a hundred and eighteen"),
    ("118 USD", "a: that'll be a hundred and eighteen dollars"),
    ("2500 USD", "a: about two and a half thousand dollars"),
    ("2500", "c: what does it cost", "a: two and a half grand"),
    ("500000 USD", "a: they go for half a million dollars"),
    ("1500000 USD", "a: one point five million dollars"),
    ("1500", "c: how much would that be", "a: fifteen hundred"),
    ("3200", "c: what's the price", "a: with the liner it's three thousand two hundred"),
    ("315/term", "c: and this would cost what", "a: It's three hundred and fifteen a term."),
    ("200 USD", "a: it's a couple hundred dollars"),
    ("10 GBP", "a: it's a tenner"),
    ("20 GBP", "a: twenty quid"),
    ("0.99 USD", "a: they are ninety nine cents"),
    ("4.50 GBP", "a: that's four pound fifty"),
    ("5.50 USD", "a: five dollars and fifty cents"),
    ("1.50 USD", "a: it's a buck fifty"),
    ("25 USD", "a: twenty-five dollars"),
    ("1000", "c: how much", "a: a grand"),
    ("1000000 USD", "a: the cover is a million dollars and the fee is in the letter"),
    ("65", "c: how much do you charge", "a: um it's uh sixty five"),
    # Two numbers side by side
    ("12.50", "c: how much is a large one", "a: twelve fifty"),
    ("1250; 900", "c: how much is the full course", "a: twelve fifty and the short one is nine hundred"),
    ("250", "c: how much is that", "a: two fifty"),
    ("175", "c: what do you charge", "a: it's one seventy-five to come out"),
    ("49.95", "c: how much is the basic one", "a: forty nine ninety five"),
    ("7.05", "c: how much is it", "a: seven oh five"),
    # Ranges
    ("40..60 USD", "a: from forty to sixty dollars"),
    ("40..60", "c: how much is a cut", "a: from forty to sixty"),
    ("100..150 USD", "a: between a hundred and a hundred and fifty dollars"),
    ("2000..3000", "c: what would it cost", "a: two to three thousand"),
    ("300..500 USD", "a: somewhere between three and five hundred dollars"),
    ("50..70", "c: how much roughly", "a: fifty to seventy or so"),
    # By the unit
    ("40/hour", "c: how much is it", "a: forty an hour"),
    ("40 USD/hour", "a: forty dollars per hour"),
    ("90/night", "c: what are your rates", "a: it's ninety a night"),
    ("15 USD/person", "a: fifteen dollars a head"),
    ("30 USD/month", "a: it's thirty bucks a month"),
    ("3.50 USD/square_foot", "a: three fifty a square foot in dollars that is $3.50 a square foot"),
    ("12/piece", "c: how much are they", "a: twelve each"),
    # Without a question, by the words around
    ("180", "a: the total comes to one hundred and eighty"),
    ("75", "a: there's a call out fee of seventy five"),
    ("650", "a: the deposit is six fifty"),
    (
        "99 USD; 120 USD",
        "a: the basic is ninety nine dollars",
        "c: and the other",
        "a: that's a hundred and twenty dollars",
    ),
    # As it is spoken where nobody says a currency
    (
        "340; agreed 300",
        "c: what's a wash stand",
        "a: three forty delivered",
        "c: we've only got three hundred",
        "a: i can do three hundred",
        "c: lovely card is four nine seven",
        "a: three hundred paid",
    ),
    ("2300", "c: what'll it come to", "a: okay a fifty gallon with the permit we're at twenty three hundred"),
    # A currency that was said once holds for the call
    ("60 GBP; 85 GBP", "a: it's sixty pounds", "c: how much is the double", "a: eighty five"),
    # The caller asks, the business says yes
    ("50 USD", "c: is it fifty dollars", "a: yes that's right"),
    ("85 USD", "a: the diagnostic is eighty-five dollars and that goes toward the repair"),
    (
        "1800..2200 USD",
        "a: for a house that size we usually come in between eighteen hundred and twenty two hundred dollars",
    ),
    ("29.99 USD/month", "a: it's $29.99 a month with no contract"),
    ("450", "c: so what would i be paying for the whole lot", "a: four hundred and fifty"),
    ("15 GBP", "a: fifteen pounds an adult is the online price"),
    ("750..900", "c: what does a set of four run", "a: seven fifty to nine hundred fitted"),
    ("6 EUR", "a: it's six euro for the bag"),
]

NOT_MONEY = [
    ("a: we open at half nine",),
    ("a: the train is at nineteen forty",),
    ("c: it's unit b nineteen",),
    ("c: how much is it", "a: can you come at two thirty"),
    ("c: how much time does it take", "a: about forty minutes"),
    ("c: how much longer", "a: twenty"),
    ("c: how old is he", "a: he's thirty five"),
    ("c: my number is five five five one two three four",),
    ("c: how much is it", "a: call the office on 555 123 4567"),
    ("a: card number please", "c: four five three two one one two two three three four four"),
    ("c: how much is it", "a: we are at 114 Elm Street come and see"),
    ("c: i have two dogs and three cats",),
    ("a: it's ten percent off",),
    ("c: how much is it", "a: that depends is it two bedrooms or three"),
    ("c: it's size twelve",),
    ("c: how heavy's this", "a: about nineteen hundred pounds full it weighs a lot"),
    ("c: i need to lose twenty pounds",),
    ("c: how much is it", "a: it takes two hours"),
    ("c: my budget is five hundred dollars",),
    ("c: the other guy wanted three hundred dollars",),
    ("a: that was in nineteen ninety nine",),
    ("a: your order number is 4512",),
    ("c: how much is a room", "a: for how many people", "c: for two"),
    ("c: a hundred thanks",),
    ("c: when do you close", "a: open till five every day"),
    ("a: it's a volvo 2003",),
    ("c: how many square feet is it", "a: about twelve hundred"),
    ("c: my dog is forty pounds", "a: okay we can see him at ten fifteen"),
    ("a: press one for sales or two for service",),
    ("a: your appointment is on the fourteenth at three forty five",),
]

AGREED = [
    (
        "agreed 11.99",
        "a: that's eleven ninety-nine",
        "c: okay",
        "a: can i take the card number",
        "c: four five three two",
    ),
    ("agreed 60 USD", "c: how much", "a: sixty dollars", "c: great let's book it", "a: you're booked for tuesday"),
    (
        "120 USD; agreed 90 USD",
        "a: the deluxe is a hundred and twenty dollars",
        "c: that's too much",
        "a: the basic is ninety dollars",
        "c: okay i'll take it",
        "a: what's your card number",
    ),
    ("60 USD", "c: how much", "a: sixty dollars", "c: no thanks that's too expensive", "a: okay bye"),
    ("60 USD", "c: how much", "a: sixty dollars", "c: i'll think about it", "a: sure bye"),
    (
        "agreed 25.50 USD",
        "c: i'd like to order a pizza",
        "a: your total is $25.50 ready in twenty minutes",
        "c: perfect thanks",
    ),
    (
        "agreed 80 GBP",
        "a: it's eighty pounds",
        "c: yeah that's fine",
        "a: i've got tomorrow at ten",
        "c: perfect book me in",
    ),
    ("60 USD; 90 USD", "a: it's sixty dollars or ninety dollars for both", "c: okay i'll call you back"),
    (
        "agreed 220",
        "c: how much to move a piano",
        "a: two twenty",
        "c: go on then when can you come",
        "a: thursday at nine you're booked in",
    ),
]


@pytest.mark.parametrize(("expected", "lines"), [(case[0], case[1:]) for case in [*QUOTED, *AGREED]])
def test_amounts_are_read(expected: str, lines: tuple[str, ...]) -> None:
    assert written(*lines, language="en") == expected


@pytest.mark.parametrize("lines", NOT_MONEY)
def test_other_numbers_are_no_money(lines: tuple[str, ...]) -> None:
    assert written(*lines, language="en") == ""
