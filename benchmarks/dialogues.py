"""Calls in other words and of other trades than the samples and than anything that an engine here was built from.

Each row is a voice of flite and what it says; `#` begins a call.
"""

SCRIPT = """
# septic
rms hello you are through to harper septic services bob here
slt oh good i am glad i caught you our tank is overflowing into the back garden
rms right when was it emptied the last time
slt it must be four or five years ago before we bought the place
rms we can pump it out on wednesday it runs about three hundred and eighty dollars
slt that is steep but i do not have much of a choice
rms where did you come across us
slt the fellow at the feed store had a stack of your cards by the register
rms i will pencil you in for half past eight
# bicycle
awb wheel works bicycles what can we do for you
slt my daughter's chain keeps slipping whenever she shifts gears
awb that sounds like a worn cassette bring it in and we will have a look
slt how long would you need to keep it
awb usually two days it is a busy time of year
slt a colleague of mine said you rebuilt her old road bike beautifully
awb that is kind of her to say
slt what would a complete service set me back
awb somewhere around eighty five plus whatever parts it needs
# hearing aids
slt clearwater hearing center this is janet
rms i would like to have my hearing checked my kids keep teasing me about the volume of the television
slt have you ever worn a hearing aid
rms never i noticed your leaflet at the library last thursday
slt we have a cancellation on the ninth at a quarter to three
rms put me in that spot before somebody else grabs it
slt lovely bring a list of any medicine you are taking
# travel
awb sunrise travel how can i be of service
rms my flight to lisbon was cancelled and the airline will not answer
awb let me pull up your booking what is the reference
rms it begins with kilo and then seven two nine
awb i can get you on the early plane tomorrow for no extra charge
rms you are a life saver
# chimney
rms chimney masters leave the sweeping to us
slt smoke is pouring back into the living room every time we light a fire
rms it is most likely blocked do you burn wood or coal
slt wood mostly oak from our own trees
rms do not use it until one of the boys has been on the roof
slt my father in law swears by you people
rms the soonest would be friday week around lunch time
slt could you squeeze us in any earlier we have guests
# tailor
slt stitch in time alterations
awb my trousers are three inches too long and the wedding is on sunday
slt drop them off before noon and they will be ready by closing
awb brilliant what is the damage
slt fourteen for a simple hem
awb i spotted your banner outside the shopping mall
# storage complaint
awb harbor boat yard
rms i am absolutely furious there is a scratch along the whole side of my boat
awb sir i was not aware of that let me find the supervisor
rms i have emailed twice and been ignored both times
awb he will ring you before the day is out
rms if he does not i am taking this further
# tutor
slt bright minds tutoring good afternoon
rms my son is failing algebra and his exam is six weeks away
slt we would pair him with a math graduate for two lessons a week
rms what are your rates
slt forty five an hour or four hundred for ten lessons
rms i will have to speak with his mother and get back to you
slt by all means was it an online search that led you to us
rms his teacher mentioned your name
"""


def dialogues() -> dict[str, list[tuple[str, str]]]:
    """Voice and line, by call."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in filter(None, SCRIPT.splitlines()):
        voice, _, text = row.partition(" ")
        if voice == "#":
            found[text] = []
        else:
            found[list(found)[-1]].append((voice, text))
    return found
