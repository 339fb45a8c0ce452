"""English patterns of role evidence, by kind; see the package for what they are matched against."""

# ruff: noqa: E501 - one pattern a line

_NUMBER = r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half)"
_DAY = r"(today|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|morning|afternoon|next week)"
_NAME = r"(name|surname|number|address|e ?mail|post ?code|zip( code)?|date of birth|birthday|phone|cell|card|expiry|security code|account|policy|order number|reference|registration|plate)"
_KIN = r"(husband|wife|partner|boyfriend|girlfriend|fianc[eé]e?|mom|mum|mother|dad|father|son|daughter|kids?|boys?|girls?|brother|sister|grandson|neighbou?r|landlord|boss|in laws?)"
_DETAIL_AHEAD = r"(?! (your|a|an|the|some|my)?( \w+){0,2} ?(name|number|address|e ?mail|post ?code|zip|details|card|date of birth)\b)"
_THING = r"(house|home|place|flat|apartment|car|truck|van|bike|roof|boiler|heater|furnace|kitchen|bathroom|sink|toilet|shower|garden|yard|garage|dog|cat|tooth|teeth|back|knee|phone|laptop|computer|order|parcel|package|booking|reservation|appointment|policy|claim|bill|invoice|account|insurance|contract|application|glasses|sofa|fridge|washer|dryer|dishwasher|basement|ceiling|windows?|fence|tree)"

CUES: dict[str, tuple[str, ...]] = {
    "thanks_for_calling": (
        r"\b(thanks?( you)?|you) (so much |very much )?for (calling|ringing|holding|your call|waiting)\b",
    ),
    "offers_help": (
        r"\b(how|what) (can|may|could|might) (i|we) (help|do for|assist|get (for )?you)\b",
        r"\b(can|may|could) (i|we) help( you)?\b|\bhelp you( today| with)\b|\bhow (can|may) i direct your call\b",
        r"\bwhat can i do for you\b|\bwhat('s| is) (the problem|the trouble|wrong with it|happening|it doing|going on with)\b|\bfire away\b|\bpickup or delivery\b|\bpick up or delivery\b",
    ),
    "names_self_on_answering": (
        r"^(?!.*\b(calling|ringing|from|come|it's|up)\b)(?!(hi|hello|yeah|yes|hey|oh|hey there|hi there|um|uh) (this is|[a-z]+ here))([a-z']+ ){2,}(this is [a-z]+( speaking)?|[a-z]+ speaking|(?!on |in |over |up |round |down |out |from |right |just |is |are |out |by |near |not |it )[a-z]+ here)$|^[a-z]+ speaking$",
        r"^(hello |hi )?(good (morning|afternoon|evening) )?(?!hi|hello|yeah|hey|yes)([a-z']+ ){1,5}(you're (speaking|through) (to|with)) [a-z]+\b",
        r"\b(can't hear you|is (anyone|anybody) there|are you there|who's there)\b",
        r"\b(customer service|reception|front desk|sales department|service department|dispatch|billing)\b.{0,12}(this is|speaking|$)",
    ),
    "asks_how_found": (
        r"\b(how|where) did you (hear|find|come across|learn|get|see)\b|\bwhere you (heard|found|saw)\b|\bhow you (heard|found)\b",
        r"\bwho (recommended|referred|sent) you\b|\bwas (it|that) (on |through )?(google|facebook|a friend)\b|\bdid you (see|find|hear) (of |about )?(us|our)\b",
    ),
    "asks_details": (
        rf"\b(what('s| is| was)|can i (just )?(get|have|take|grab)|could i (just )?(get|have|take|grab)|may i (have|ask|take|get)|i('ll| just|'d)? need|have you got|do you have|tell me|give me|confirm|verify|update)\b.{{0,16}}\b(your|a|the|first|last|full|best)( \w+){{0,3}} {_NAME}\b",
        r"\b(how do you|can you|could you) spell\b|\bspell (that|it|your)\b|\bspelling of\b|\bwhat name (shall|should|is)|\bunder what name\b|\bwhose name\b|\bname of the\b|\bwho am i (speaking|talking)\b|\bmay i ask who\b",
        rf"^((okay|ok|great|perfect|right|and|sure|lovely|thank you|thanks|alright|all right|got it|fine) )*(and )?(your|the|what) ?('s| is)?( the| your)?( \w+){{0,2}} {_NAME}( please| there)?$",
        r"\b(best|good|contact|callback|call back) (number|email)\b|\blast four\b|\bdate of birth\b|\bmaiden name\b|\bfirst line of (your|the) address\b|\bdo you have a card\b|\bhave a card handy\b|\bcash or card\b",
    ),
    "asks_specifics": (
        r"\b(what|which) (size|make|model|year|colou?r|kind|type|sort of (?!time)|brand|area|floor|street|part of town)\b",
        r"\bhow (many|old|long|big|high|wide|tall|large|often|bad) (is|are|was|have|has|do|does|ago|people|rooms|bedrooms|guests|square|stor|nights|of you|windows|doors|it|you|about)\b",
        r"\b(are|were) you (a |an |the |in a |thinking|hoping|wanting|looking|pre ?approved|pre ?registered|registered|insured|still|new|based|located|near|after|over|free|available|in pain|injured|allergic|interested|happy)\b",
        r"\bdo you (own|rent|live|know (what|which|how|the|your)|prefer|want (me|us|it|the|to)|need (it|them|the|us|any|a)|drive|take any|have any (pain|allerg|other|experience|pets|idea))\b",
        r"\b(is it|is that|has it|did it|does it) (your |just |been |ever |always |had |swollen|leaking|making|urgent|under warranty|hurt|start|happen)|\b(have|did) you (been|ever|always|had|tried|checked|used|stayed|got any|bring|notice|hit|taken|seen a|found)\b",
        r"\bwhere (do you live|are you|about|abouts)\b|\bwhereabouts\b|\bwhen (were|was|did|are|would|do) (you|it|that)\b|\bwhat were you\b|\bwhat (do|did|are|were|would) you (need|want|have|looking|thinking|like|after)\b",
    ),
    "offers_time": (
        r"\b(i|we|he|she|they|doctor \w+|dr \w+)( have|'ve| has|'s|'ve got| got| can| could|'m| am|'ll)?\b.{0,40}\b(opening|slot|availability|cancellation|available|free|space|fit you in|squeeze you in|see you (at|on|tomorrow|today)|get someone|have someone|come out|send someone)\b",
        rf"\b(i have|i've got|i've|i can do|we have|we've got|we can do|i could do|there's|earliest)\b(?!.{{0,8}}\b(appointment|facial|booking|reservation|haircut))\b.{{0,16}}\b({_DAY}|{_NUMBER} (o'clock|thirty|fifteen|forty|am|pm|a m|p m))\b",
        rf"\b(would|does|is|how about|how's|what about|say)\b.{{0,20}}\b({_DAY}|{_NUMBER})( at {_NUMBER})?( \w+)? (work|suit|okay|ok|good|do|any good|be (okay|good|fine|better))( for)?( you)?\b",
        rf"\b({_DAY}|morning) or ({_DAY}|afternoon)\b|\b(earliest|soonest|next (available|opening)) (i|we|is|that)\b|\bshall (i|we) (pop|come|book|put|pencil|send|say|call|ring)\b",
        r"\b(can|could) (you|i get you to) (make|come in|do) (that|it|at|on|for)\b|\bwhen (would|were|are|can) you (like|be|come|want|thinking|hoping|free)\b",
    ),
    "quotes_price": (
        rf"\b(that'd be|that would be|that'll be|that comes to|it'd be|it'll be|it's going to be|you're looking at|we charge|starts? (at|from)|from about|somewhere between|comes? to|runs? (about|around)|is about|is around|the fee is|(exam|visit|deposit|total|call ?out|service call|consultation|delivery|minimum)( fee| charge)?('s| is))\b.{{0,30}}\b({_NUMBER}|\d+|hundred|thousand|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|free)\b",
        r"\b(\d+|hundred|thousand|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|five|nine) (pounds |dollars |euros |bucks )?(a|an|per|each|for the|plus|including|fitted|installed|all in) ?(hour|foot|metre|meter|square|month|week|night|person|session|term|year|day|head|lot|unit|hourly)?\b",
        r"\b(no charge|free of charge|won't charge|it's free|it's included|that's included|goes toward|comes off|plus (vat|tax|parts|labou?r)|(fifty|ten|twenty|thirty) percent (off|deposit))\b",
    ),
    "business_we": (
        r"\bwe (do|don't|do not|only|can't|offer|sell|cover|go|work|service|take|accept|close|open|charge|fit|use|carry|stock|ship|deliver|usually|normally|always|also|recommend|ask|require|send|clean|install|start|have (a|an|the|it|them|some|two|those|that|one|our|room))\b(?! (live|bought|moved|had|need|want|wanted|love|lost|have (a|an) (problem|leak|question|issue)))",
        r"\bour (?!house|home|place|flat|kitchen|bathroom|garden|yard|roof|car|dog|cat|boiler|son|daughter|kids|wedding|neighbou?r|street|basement|garage|landlord|wifi|internet|room|bedroom|order|account|bill|mum|mom|dad|side|end|bin)\w+|\bwe('re| are) (open|closed|booked|booking|based|fully|located|out|just|here|on|running|there|about)\b|\bwe('ll| will) (send|come|be|have|get|call|ring|see|let|need|bring|take|do|email|text)\b",
        r"\b(our|the) (technicians?|techs?|engineers?|team|crew|estimator|driver|manager|attorney|consultant|specialist|guys|system|policy|service area|hours|minimum|showroom|workshop|calendar|diary|schedule)\b",
    ),
    "books": (
        r"\b(put|book|booked|pencil|pencilled|penciled|got|have|schedule|scheduled|sign|signed|get|getting|squeeze|fit) you (in|down|up|for|with|on|a|over)\b|\byou('re| are) (all set|all booked|booked|confirmed|good to go|in for|on the list)\b",
        r"\b(on the (books|calendar|list|diary))\b|\bi('ve| have) (booked|noted|reserved|updated|cancelled|moved|changed|made a note|put|added|sent|opened|raised|marked)\b|\bi('ll| will) (refund|credit|waive|knock|throw in|hold|reserve|put (it|one|a|that)|update|make a note|add|mark|open|raise|note)\b|\bwe('ve| have) got you\b",
        r"\bconfirmation (number|email|code)\b|\bit('s|s| is) (gone|went) through\b|\bwent through\b",
    ),
    "will_send": (
        r"\b(i|we|he|she|they|the \w+)('ll| will| can| could|'m going to|'re going to)?( just| also)? (e ?mail|text|send|ring|call|get back to|message|forward|let|drop|post|phone) you\b",
        r"\b(he|she|they|someone|somebody|the (driver|engineer|technician|guys?|team|plumber|doctor))('ll| will| can)( \w+)? (call|ring|be there|be with you|come|get back|give you|meet you|bring|reach out|contact|phone)\b",
        r"\bi('ll| will| can)( just)? (have|get|ask) (him|her|them|someone|somebody|one of|the|[a-z]+) (to )?(call|ring|text|e ?mail|come|contact)\b|\b(he|she)('s| is) on (his|her) way\b|\bi('ll| will) (pass (it|that|your)|let (him|her|them) know|tell (him|her|them)|speak to)\b",
    ),
    "looks_up": (
        r"\b(let me|i'll( just)?|i can|i'm just)( just| quickly)? (check|see|look|pull|find|bring it|bring you|transfer|connect|put you)\b",
        r"\b(bear with me|one (moment|sec|second|minute)|just a (moment|sec|second|minute)|stay on the line|please hold|hold the line|putting you through|put you through|transfer(ring)? you|connect(ing)? you|transfer to|that's (parts|billing|sales|accounts))\b",
        r"\bi (can )?(see|'m showing|show) (here|that|it|you|the|on|your|a|an|they|he|she)\b|\b(on|in) (the|our|my) (system|screen|computer|records)\b|\bsays here\b|\bi('m| am) showing\b",
    ),
    "transfers": (
        r"\b(put(ting)? you (through|over)|transfer(ring)? you|transfer to|connect(ing)? you|pass(ing)? you (over|on|to)|hand(ing)? you over|get (him|her|someone|somebody|the manager) (on|for) (the line|you)|(let me|i'll) (get|grab|fetch|find) (him|her|[a-z]+|my manager|the \w+)( for you)?$|here (he|she) is|(that's|that'll be|you (need|want)|that goes to) (parts|billing|sales|accounts|service|the \w+ (department|team|desk)))\b",
    ),
    "introduces": (
        r"\b(it's|its|this is|i'm|i am|my name is|my name's|name's) (?!just|here|calling|not|at|for|showing|going|still|ready|free|only|all|about|a |the |back|up|out|been|in |on |to )[a-z]+( [a-z]+)? (from|with|at|over at|of|calling from|here from|here at|calling for|calling on behalf|on behalf) ",
        r"\b(calling|ringing|phoning)( you)? (from|on behalf)\b|\b(it's|this is) (the|your) (?!one|same|best|first|last|number|right|only)([a-z]+ ){1,4}(here|calling|just|about|ringing)\b|\bi'm with [a-z]+ [a-z]+",
    ),
    "addresses_by_title": (
        r"\b(mr|mrs|ms|miss|mister|missus) [a-z]+$|(?<!is )(?<!it's )(?<!as )\b(mr|mrs|ms|miss|mister|missus) [a-z]+ (i|we|let|your|that|what|when|can|could|would|the|if|have)\b|\b(sir|ma'am|madam)\b",
    ),
    "soothes": (
        r"\b(i('m| am)|i do|we('re| are)|i) (so |very |really |terribly |truly )*(sorry|apologi[sz]e)( to hear| about that| for (that|the|any)| you| for your)?\b|\bsorry (about|to hear|for (the|your|any))\b|\bapologies for\b",
        r"\b(i (totally |completely |do |can )?(understand|appreciate)|i get it|fair enough|totally fine|not a problem|no problem( at all)?|no worries|of course|certainly|absolutely|not at all|congratulations|my pleasure|don't worry|no harm done|poor thing|we get that a lot|any time|oh no)\b",
    ),
    "closes": (
        r"\b(anything else|any other questions?|else (i|we) can)\b|\bhave a (good|great|nice|lovely|wonderful|blessed) (day|one|rest|evening|weekend|afternoon|night|time)\b|\byou('re| are) (very )?welcome\b",
        r"\b(look forward to|looking forward to|we'll see|speak to you|talk to you)\b.{0,16}\b(then|soon|on|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|seeing|at|next)\b|\bthank you for (choosing|being|your (patience|business|order|time))\b|\bring (us|back) any ?time\b|\btake care\b|\bgood luck\b|\blovely talking\b",
    ),
    "wrong_place": (
        r"\b(you('ve| have)?( got| have)? (the )?wrong (number|place|people|department)|you want the|wrong number (mate|love|dear|i'm afraid)|no( one| body|body)?( here)? by that name|there('s| is) no( one| \w+)? (here|by that)|we('re| are) (a|an|not the) |this is(n't)? (a|an|not the|not) |we (do|sell|are) [a-z]+$|people mix us up|we get (that|your calls) a lot)",
    ),
    "rejects_seller": (
        r"\b(not interested|take (me|us) off|remove (me|us)|don't (call|ring) (again|here|back)|who('s| is) (this|calling)|what('s| is) (this|it) (about|regarding|in regard)|what is it you('re)? (after|selling|want)|(he|she|the (owner|manager|boss|director))('s| is)?( not| n't)? (not )?(here|in|on a|out|away|busy|available|doesn't|in a meeting)|isn't (in|here|available)|doesn't take|we('re| are) (happy|fine|good|all set|sorted|covered) (with|thanks|thank|as)?|we (already )?have (someone|somebody|a guy|our own)|no thanks?( you)?|put it in an email|send (me |us )?(it|something|an email)|i('m| am) (busy|with a (client|customer|patient))|how did you get (this|my) number)\b",
    ),
    "reaches_out": (
        r"\b(is (this|that)|am i (speaking|talking) (to|with)|could i speak (to|with)|can i speak (to|with)|may i speak (to|with)|looking for|trying to reach) (?!the |a |an |it |your )(mr|mrs|ms|miss|mister|missus|doctor|[a-z]+ [a-z]+$|[a-z]+$)(?! owner)",
        r"\b(returning your (call|message)|you (left|sent|filled|submitted|requested|enquired|inquired|were asking|asked|called|rang|put in|signed up|emailed|booked)( \w+){0,3} (a message|form|quote|earlier|online|us|enquiry|inquiry|website|site|last week|yesterday|about|for|out|info)|you left us|got your (message|enquiry|inquiry|email|form|voicemail)|you (said|mentioned) (it|you|that)\b.{0,20}$)\b",
        r"\b(just )?(calling|ringing|wanted|phoning|message is for|message for)( you| back)? ?(to (confirm|remind|let you know|check|follow up|see (if|how)|tell you|say|schedule|wish)|about (your|tomorrow)|regarding your|with your)\b|\b(remind you|reminder about|letting you know|let you know (that )?(your|the|we)|follow(ing)? up (on|with)|checking in)\b",
        r"\byour ([a-z]+ ){1,2}('s|is|are|has|have|'ve) (come in|ready|arrived|here|passed|due|been|in$|in and|done|finished|available|overdue|scheduled|shipped)\b|\byour [a-z]+'s (come|ready|arrived|here|passed|due|in$|done|been|overdue)\b|\bthis message is for\b|\b(outstanding balance|overdue|past due|on (your|the) account)\b",
    ),
    "sells_to_us": (
        r"\b(business owner|the owner|are you the (owner|manager)|who('s| is)?( it that)? (looks after|deals with|handles|takes care of|in charge|responsible|runs|manages|decides)|in charge of|decision maker|whoever (deals|handles|looks|is)|person (responsible|who)|speak (to|with) (the )?(owner|manager|whoever|someone about|somebody about|marketing|director))\b",
        r"\bwe (help|work with|specialise|specialize|offer|provide|supply|represent|save|are saving|'re saving|got|get|guarantee|have|'ve got)\b.{0,40}\b(businesses|companies|business|owners|salons|restaurants|shops|contractors|dentists|firms|clinics|leads|first page|rankings?|customers for|homeowners|in your (area|zip)|like yours|fees|rates|trial)\b",
        r"\b(free (trial|demo|audit|quote|sample|comparison|consultation) for your|no obligation|just thirty seconds|thirty seconds of|two minutes of your|minute of your time|just take a (minute|second)|run you through|merchant|card (fees|machines?|processing)|seo|search engine|your listing|your google|your website (isn't|is not|could|doesn't)|line of credit|business loan|rank|brochure|when would be a (good|better) time|who are you (with|using)|what are you (using|paying)|how many (staff|employees|jobs|trucks))\b",
    ),
    "states_need": (
        r"\bi('m| am|'m just|'ve been) (calling|ringing|phoning)\b(?!.{0,30}\b(from|to (confirm|remind|let you|follow|check)|about (your|tomorrow)|regarding your)\b)|\bi (called|rang|phoned) (about|because|earlier|this|yesterday|before|last)\b",
        r"\bi('d| would|'d really) (like|love|rather|want|prefer)\b|\bi('m| am)( just| actually| really| currently)? (looking|after|hoping|trying|interested|thinking|wondering|not sure|standing|at|having|getting|in need|told)\b|\bi (was )?(just )?(wondering|wanted|wonder|hoped)\b(?! (if you'd|to (see|check|let|confirm|say|make sure|remind|tell you|follow|go over|book in|run)))",
        r"\b(i|we) (really |just |also |only |do |might |may |think i )?(need|want|lost|had|broke|bought|moved|keep|dropped|locked|noticed|ordered|booked|paid|received|left|forgot|came)\b (a |an |some |to |my |our|the |this|that|another|it|two|three|water|no |one |new|someone|somebody|home|back|in|locked)|\bi('ve)? got (a|an|this|these|some|water|ants|mice|no|my|people|guests)\b(?! (opening|slot|cancellation|gap|space|table|note|few|driver|technician))",
        rf"\b(can|could|may|might) i{_DETAIL_AHEAD} (book|order|make|get|bring|come|cancel|change|move|reschedule|pay|ask|try|pick|see|buy|reserve|drop|swing|do it|just book|still|use|speak to someone|have a (table|look|price|quote))\b|\b(can|could) we (bring|have|come|use|do|get|move|change|pay|still|swap|add|book|make)\b|\bis it possible\b|\bany chance\b|\bwould it be possible\b",
    ),
    "found_you": (
        r"\bi('ve| have| just)? (saw|found|heard|seen|googled|searched|read|noticed|came across|looked)( \w+){0,2} (you|your|about you|an? (ad|advert|flyer|leaflet|card|sign|post)|it on|the (ad|sign|number|advert))\b|\b(recommended|referred|suggested|told me about|gave me|put me onto) (you|your|me to you)\b|\bgave me (this|the|your) number\b|\bi googled\b",
        r"\b(one of )?your (ads?|adverts?|advertisement|flyers?|leaflets?|trucks?|vans?|signs?|billboard|website|site|company|page|reviews?|profile|post|people|guys?|shop|place|store|machine|lot|driver|technician|engineer|receptionist|colleague)\b",
    ),
    "do_you": (
        r"\bdo (you|y'all)( guys| folks| also| still| all| ever| actually| people)*( do| have| offer| sell| fix| repair| take| carry| install| clean| cover| service| accept| deliver| charge| need it| make| come| rent| buy| work| open| give| treat| stock| ship| guys)\b",
        r"\b(have you|you('ve)?|you guys)( still)? got (any|a|an|the|some|room|space|anything|one)\b|\b(can|could|would|will) (you|y'all|somebody|someone)( guys| please| just| possibly)* (come|send|fix|repair|take a look|look at|make|give me|tell me|do|help|fit|hold|cancel|check|put me|move|deliver|let me|get|bring|email me|text me|call me|explain|change|waive|bring|at least|ask|book me|squeeze me)\b",
        r"\b(are|will) you (guys |folks |still )*(open|hiring|able to|licensed|taking|coming|still coming|located|near|there|closed|doing|selling|going)\b|\bwhat time do you\b|\bwhen (do you|does it|can you|could you|will (it|you|he|they)|can (he|they|someone))\b|\bhow (soon|fast|quickly|early|late|long)\b.{0,12}\b(can|could|will|would|does|do|is|until)\b|\bis (it|that|the \w+|this) (still |also )?(available|included|extra|free|refundable|open|far)\b|\bdo i (need|have|pay|just|get|bring|go)\b",
        r"\b(does (it|that|this|the)) (include|come|cost|cover|last|mean|have|take|work|hurt)\b|\bis there (a |an |any )?(parking|lift|discount|deposit|warranty|guarantee|fee|charge|way|anything|someone|waiting)\b|\bwhat('s| is| are) (the|your|that|included|it) (price|cost|hours|rate|rates|fee|opening|deposit|difference|cheapest|wait|going|gonna|deductible|address|policy|soonest|minimum)\b|\bwhich one('s| is)\b|\bwhat (if|about the|about|happens)\b",
    ),
    "asks_price": (
        r"\bhow much\b|\bwhat (do|would|does|will|is|'s) (you|it|that|a|an|the|they|this)( guys)? (charge|cost|run|be|gonna|going|come)\b|\bwhat('s| is) (that|it|this) (gonna|going to) (cost|come|run|be)\b|\b(ballpark|price on|a price for|prices? for|quote (for|on)|estimate (for|on)|price list|cost (for|of|to))\b|\bwhat('s| is) it pay\b|\bany discount\b|\bpay (monthly|in instal|over)\b|\b(a bit|that's|bit) (steep|pricey|expensive|a lot|too much)\b|\bcheaper\b",
    ),
    "my_thing": (
        rf"\b(my|our)( own| old| new| little| eldest| youngest| elderly| front| back| whole)* ({_KIN}|{_THING})\b",
        r"\b(my|mine)\b(?!.{0,6}\b(name's|name is|colleague|manager|supervisor|technician|guys|team|system|screen|pleasure|number|partner)\b)",
        r"\b(it('s| is|'d| has|'s been)?( just| still| been| only| kind of| sort of| all)* (leaking|broken|making|stopped|won't|doesn't|not working|dead|stuck|hurts?|clogged|blocked|dripping|cracked|swollen|flooded|gone|jumps|started|acting|beeping|flashing))\b|\b(a friend|a neighbou?r|someone i know|somebody at)\b",
    ),
    "gives_details": (
        r"\bmy (name('s| is)|number('s| is)|address is|email('s| is)|date of birth|account|policy|order|last name|first name|cell is|phone)\b|\b(last|first) name('s| is)?\b(?!.{0,4}\bplease\b)|\bi live (in|on|at|near)\b|\bi('m| am) (over |out )?(in|on|at|near|just off|off|by)\b|\b(double|triple) (o|oh|zero|one|two|three|four|five|six|seven|eight|nine)\b|\b(at|dot) (gmail|yahoo|hotmail|outlook|com|net|co)\b|\bon the corner of\b|\b\w+ \w+ (street|road|avenue|lane|crescent)\b|(^| )it's (double |triple )?(five|eight|oh|zero|one|two|three|four|six|seven|nine) (double |triple )?(five|eight|oh|zero|one|two|three|four|six|seven|nine)\b|\bi('m| am) (free|off|working|away|home|in all day|retired|available)\b",
    ),
    "decides": (
        r"\b(i'll|i will|we'll|let me|i need to|i have to|i've got to|i gotta|i'd have to) (take (it|that|one|two|both|the (lot|\w+ one|larger|smaller|cheaper))|think|have a (think|look at|chat)|call back|ring back|talk (to|it)|speak to my|ask my|check with my|shop|go with|do that|have (it|the|that|two)|be there|be in|come (in|by|down|after|at|over)|see you|leave it|wait|bring|pay|sleep on|go ahead|pop|swing|pick|look around|drop)\b",
        r"\b(put me down|sign me up|book me|count me in|go ahead|go for it|that('s| is|'ll| will|'d) (works?|be fine|be great|do|suits?)( for me)?|that works|works for me|(?<!if )(\w+day|that|it|this|one|two|three|four|five|six|seven|eight|nine|ten|morning|afternoon|evening|noon) (works|is good|is fine|'s fine|'s good|would be (good|great|fine))( for me)?( thank you| thanks)?$|sounds (good|great|fine|perfect)|let's do (it|that)|awesome|that'll do|yes please|please do)\b",
        r"\b(getting|get|got to get) (a few|some|a couple|other|more) (of )?(quotes|prices|numbers|estimates)\b|\bshop(ping)? around\b|\bcan't afford\b|\b(friday|monday|tuesday|wednesday|thursday|saturday|sunday|nine|ten|eleven|two|three|four|five)('s| is)? (works|good|okay|fine|perfect)\b|\bmore than (we|i)\b|\b(too|bit) (far|expensive|much|late)\b",
    ),
    "complains": (
        r"\byou (guys |lot |people |said|told|promised)*(came|installed|did|cleaned|fixed|told|sent|said|promised|quoted|charged|serviced|fitted|were supposed|were going|sold|never|haven't|didn't|still)\b(?! (it|you) was)|\b(nobody|no one|no-one) (came|called|rang|turned|showed|told|has|answers|picked|bothered)\b|\bi('ve| have) been (waiting|on hold|trying|calling|coming|with you|charged|a customer)\b",
        r"\b(still (hasn't|haven't|waiting|not|no)|supposed to|was meant to|were meant to|where('s| is) my|my refund|a refund|my money back|been told|(three|two|different) (different )?(things|people|times)|keep (telling|saying|getting)|ridiculous|disgusted|annoyed|unacceptable|useless|a joke|for the (second|third) time|second time|i('ve)? (already )?paid|i was told|speak to (a|the|your) (manager|supervisor)|cancel (my|the|it)|overcharged|charged me|called twice|third time)\b",
    ),
    "is_this": (
        r"\b(is (this|that) (the|a|an)?( \w+){0,3}$|have i (got|reached|come through)|am i through|did i (reach|get)|is this the (right|number|place)|(sorry )?(i must have|i think i('ve)?|i) (the |got the |have the |dialed|misdialed)?(wrong|misdialed)|wrong number( sorry| then)?$|sorry (to bother|to disturb|love|mate|wrong)|my (mistake|bad)|is (?!anyone|anybody)\w+ there|is doctor \w+ there|oh (my|no|god) .*wrong|must have dialed|this isn't|i was looking for|i('m| am) trying to (get|reach))\b",
    ),
    "wants_job": (
        r"\b(are you (guys )?hiring|(any|got) (jobs?|vacanc(y|ies)|openings|positions?|work going|shifts)|(the|your|a) (job|position|vacancy|role)( \w+)? (ad|you|posting|is|still|online)|help wanted|applied (for|online)|my (cv|resume|application)|drop off (my|a) (cv|resume)|looking for work|i've (worked|done|got)( \w+){0,4} (years|experience|level|licen[cs]e)|years (of )?experience|is it (full|part) time|what does it pay|is it paid|hiring)\b",
    ),
    "thanks": (
        r"^(?!(?:.*\b(no|interested|fine|happy|got a|got our)\b.{0,24}(thank you|thanks)))(?:.*\b)?(thank you|thanks|cheers)(( so much| very much| a lot| again| anyway)\b|( for (that|your help|letting|calling (me )?back|getting back))?( then| bye| goodbye| man| love| mate| hon| dear| bye bye| [a-z]+)?$)",
    ),
    "answers_for_self": (
        r"^(yes |yeah |hello |hi )*(speaking|this is (he|she|him|her)|that('s| is) me|it('s| is) me|this is me|it is)\b",
    ),
    "leaves_message": (
        r"\b(call|ring|phone) me( back)?\b|\bgive me a (call|ring|bell|shout)\b|\bget back to me\b|\breach me\b|\bif (somebody|someone|you) could (call|ring|get back)\b|\bi('ll| will) try (again|back)\b",
    ),
}

MACHINE: tuple[str, ...] = (
    r"\b(press|dial) (one|two|three|four|five|six|seven|eight|nine|zero|pound|star|the|\d|for)\b",
    r"\b(this|your|all|the) calls? (may|will|is|are)( be)?( being)? (recorded|monitored)\b|\bcalls (are|may be) (recorded|monitored)\b",
    r"\b(leave|record) (us |me )?(a|your|an?) ((brief|short|detailed) )?(message|name)\b|\bat the (tone|beep)\b|\bafter the (tone|beep)\b|\bvoice ?(mail|message system)\b",
    r"\b(you('ve| have) reached|you('re| are) through to)\b.*\b(leave|closed|hours|not available|can't|cannot|unable|menu|options|moment|message)\b|\byou have reached\b|\bour (office|business|opening) hours are\b",
    r"\bplease (hold|stay on the line|listen)\b.*\b(representative|menu|options|available|next)\b|\bstay on the line\b|\byour call is (very )?important\b",
    r"\ball (of )?our (agents|representatives|operators|lines|advisors|team) are\b|\b(is not|isn't) available (to|right|at)\b|\bthe (number|person|subscriber) you (have|are)\b|\boffice is (now |currently )?closed\b|\b(can't|cannot|unable to) (come to|get to|take|answer) (the|your) (phone|call)\b",
)

MESSAGE_TAKER: tuple[str, ...] = (
    r"\b(leave|record)\b.{0,24}\b(message|name)\b|\b(tone|beep)\b|\bvoice ?(mail|message)\b|\b(can't|cannot|unable to) (come to|get to|take|answer)\b",
)

PRIVATE_MACHINE: tuple[str, ...] = (
    r"\bi (can't|cannot|am unable|'m unable|'m not able)\b|\bi'll (call|get back|ring)\b|\bautomatic voice\b|\bthe (person|subscriber|number) you\b|\bis not available\b",
)

HELLO = r"^(yes|yeah|hello|hi|yep|ya|hey|good (morning|afternoon|evening))( (hello|yes|yeah|hi|there|who's (this|calling|that)|who is this))*$"
FIRST_PERSON = r"\b(i|i'm|i've|i'd|i'll|me|my|mine|myself)\b"
SECOND_PERSON = r"\b(you|your|yours|you're|you'd|you'll|you've|yourself)\b"
QUESTION = r"^(okay |ok |and |so |right |alright |great |yeah |uh |um |well |sure |perfect |lovely )*(what|how|when|where|which|who|why|whose|do|does|did|is|are|was|were|can|could|may|would|will|shall|have|has|any)\b|\b(what's|how's|where's|when's|who's|do you|are you|can i|could i|can you|could you|have you|is it|is that|would you|did you) [^.]{0,50}$"
DIGITS = r"\d|\b(one|two|three|four|five|six|seven|eight|nine|zero|oh|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)\b"
GREETING = r"\b(hello|hi|hey|hiya|good (morning|afternoon|evening|day)|morning|afternoon|speaking|for calling|this is|can i help|may i help|can we help)\b"
