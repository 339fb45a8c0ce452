"""English: words and patterns, no logic. The three languages have the same names inside."""

# --- Channels and how people speak of them (classifiers/kinds/mentions.py) ---

FORMS = {
    "endings": ["s", "es", "ed", "d", "red", "ring", "ing", "ment", "ments"],
    "clitics": [],
    "prefixes": [],
}
"""How words vary; see classifiers/normalise.py. A phrase's `stem*` stands for the stem with any of the endings."""

VERB_FOLLOWS = False
"""Whether the verb mostly comes after the place it speaks of."""

BRANDS = {
    "google_ads": "google (ad*|adwords|ad words|advert*|sponsored), adwords, (sponsored|paid|promoted) (result|results|link|links|listing|ad) (on|in) google",
    "google_search": "google, googles, gogle, googl, google (search|results), first page of google, search on google, (on|in|through|from|off) goggle",
    "google_maps": "google (map|maps|review|reviews|business|my business|listing|listings|profile|rating|ratings|places|stars), google business (profile|page|listing), (review|reviews|rating|ratings|stars|listing) (on|in|from) google, (map|maps) (on|in|from) google, g maps, gmaps",
    "yandex_direct": "yandex (direct|ads|ad), яндекс директ",
    "yandex_search": "yandex",
    "yandex_maps": "yandex (map|maps)",
    "bing": "bing, bing (search|ads|maps)",
    "search_other": "yahoo, duckduckgo, duck duck go, search engine, search engines",
    "2gis": "2gis, 2 gis, two gis, double gis, dubl gis",
    "apple_maps": "apple (map|maps), (maps|map) on my (iphone|i phone)",
    "yelp": "yelp, yelped, yelps",
    "angi": "angi, angie list, angies list, angie s list, angys list",
    "nextdoor": "nextdoor, (on|from|through|the|via|in|saw) next door app, (on|from|through|via) next door, next door (app|group|post)",
    "avito": "avito",
    "divar": "divar",
    "neshan": "neshan",
    "balad": "balad app",
    "directory_other": "thumbtack, thumb tack, houzz, craigslist, craigs list, craig list, gumtree, gum tree, checkatrade, check a trade, trustpilot, trust pilot, tripadvisor, trip advisor, zocdoc, zoc doc, healthgrades, health grades, avvo, zillow, realtor com, realtor dot com, rightmove, right move, zoopla, booking com, booking dot com, airbnb, air b and b, (on|from|through|via|an) indeed, indeed (com|ad|posting|listing), glassdoor, glass door, yellow pages, yell com, yell dot com, (on|from) yell, homeadvisor, home advisor, (on|from|through) bark, bark com, treatwell, fresha, opentable, open table, doordash, door dash, uber eats, grubhub, better business bureau, rated people, mybuilder, my builder, the knot, weddingwire, wedding wire, autotrader, auto trader, cargurus, car gurus, cars com, care com, psychology today, foursquare, ziprecruiter, zip recruiter, trusted traders, trustatrader, trust a trader, porch com, taskrabbit, task rabbit, trulia, redfin, apartments com, vrbo, groupon, mumsnet, business directory, online directory, local directory",
    "facebook": "facebook, face book, facebooks, facebook (marketplace|market place|group|page|ad|ads), fb, fbook",
    "instagram": "instagram, insta, insta gram, instagrams, instergram, instant gram, in stagram, ig",
    "tiktok": "tiktok, tik tok, tick tock, tick tok, tic toc, tic tac toc, tiktoks, tik toks",
    "youtube": "youtube, you tube, u tube, utube, youtubes",
    "linkedin": "linkedin, linked in, linkdin",
    "twitter": "twitter, x com, x dot com, tweet, tweets, tweeted, (on|from) x formerly",
    "vk": "vk, vkontakte, v kontakte",
    "odnoklassniki": "odnoklassniki, ok ru",
    "pinterest": "pinterest, pin interest, pintrest",
    "reddit": "reddit, red it, sub reddit, subreddit, reddit (thread|post), (on|from) read it",
    "aparat": "aparat",
    "social_other": "snapchat, snap chat, social media, socials, social network*, twitch, discord, tumblr, (on|from) threads",
    "whatsapp": "whatsapp, whats app, what app, watsapp, whatsap, what sap, whats up app, wattsapp, whatsapped, whatsapps",
    "telegram": "telegram, telegramm, tele gram",
    "rubika": "rubika",
    "eitaa": "eitaa",
    "messenger_other": "viber, wechat, we chat, imessage, i message, messenger, skype, (on|via|over|by|use|using) signal, signal app, max messenger, imo",
    "website": "website*, web site, web sites, webpage, web page, your (site|web), our (site|web), homepage, home page, landing page, contact form, online form, web form, live chat, chat on your site",
    "email": "email*, e mail, e mails, e mailed, e mailing, gmail, newsletter, news letter",
    "sms": "text message*, text (me|you|him|her|them|us|it|over|back|the|that|to|from|reminder|reminders|alert|alerts|confirmation), (a|an|the|by|via|that|your|our|my|got|get|send|quick) text, texted, texting, texts, sms, s m s",
    "app": "(the|your|our|an|my|this|mobile|booking|phone|delivery|loyalty|customer) app, apps, app store, play store, (the|your|our) application",
    "ai_assistant": "chatgpt, chat gpt, chat g p t, chad gpt, chat gbt, chatgbt, chat gp, gpt, gemini, copilot, co pilot, perplexity, siri, alexa, (asked|ask|asking|the|an|some) (ai|a i), ai (assistant|chatbot|overview|search|answer), ai chat, grok, claude ai, deepseek, chatbot, chat bot, google ai",
}
"""Names that are a mention wherever they stand."""

PLACES = {
    "google_maps": "the (map|maps), maps, map app",
    "search_other": "online, on line, internet, the web, web search, the net, interweb, search results",
    "website": "the site",
    "facebook": "marketplace, market place",
    "directory_other": "indeed, yell, bark, ebay, e bay, etsy, amazon, job board, job site, listing site, review site, classifieds site, the directory",
    "tv": "tv, t v, television, telly, tv (ad|commercial|spot), commercial, commercials, the news, infomercial",
    "radio": "radio, radio (ad|spot|station|show), (f m|fm), the airwaves, morning show, drive time show",
    "podcast": "podcast*, pod cast, pod casts",
    "newspaper": "newspaper*, news paper, paper, the papers, local press, gazette, chronicle, tribune, herald, courier, the times, the journal, the post, the star, the echo, the sun, classifieds, the (mercury|argus|bugle|sentinel|observer|examiner|advertiser|telegraph|guardian|dispatch)",
    "magazine": "magazine*, parish magazine, lifestyle mag, the mag",
    "direct_mail": "letter, a letter, letters, postcard*, post card*, mailer*, mail piece, (in|by) the mail, in the post, my mail, junk mail, something in the mail, mailing, catalog, catalogue, coupon in the mail, valpak, val pak",
    "flyer": "flyer*, flier*, leaflet*, leaf let, pamphlet*, brochure*, door hanger*, doorhanger*, handbill*, handout, hand out, through (the|my|our) (door|letterbox|letter box|mailbox), in (the|my|our) (letterbox|letter box|mailbox), (under|on) my (wiper|windshield|windscreen|door handle|doorknob|mat), coupon*",
    "billboard": "billboard*, bill board*, hoarding, hoardings, big sign, digital sign, sign on the (interstate|highway|freeway|motorway|road|turnpike|bypass|overpass|bridge), (giant|huge|enormous) sign, poster*, banner on the (bridge|highway|motorway|fence)",
    "transit": "(on|in|at) the (bus|subway|metro|tube|train|tram|underground|ferry), on a (bus|tram|train), bus stop, bus stops, bus shelter, bus bench, back of (a|the|your) bus, side of (a|the) bus, buses, bus ad*, bus, subway, (tube|train|metro|subway) station, taxi, cab, in (a|the) (cab|taxi|uber), platform, bus seat, metro ad*, subway ad*",
    "vehicle": "(your|the|one of your|a) (van|vans|truck|trucks|lorry|lorries|car|cars|trailer|work truck|pickup|vehicle|vehicles), (side|back) of (a|the|your|one of your) (van|truck|lorry|car|trailer), van, vans, truck, trucks, lorry",
    "storefront": "your (sign|signs|shop|store|window|shopfront|storefront|banner|showroom|yard|sandwich board|board), sign outside, signs outside, the sign on, sign in (the|your) window, sign out front, (shop|store) (window|front), storefront",
    "event": "mixer, networking event, meetup, meet up, chamber of commerce, career day, home show, garden show, home and garden show, boat show, bridal show, wedding show, wedding fair, bridal fair, car show, dog show, trade show, trade fair, the expo, expo, job fair, career fair, county fair, state fair, street fair, craft fair, school fair, health fair, the fair, festival, farmers market, farmer market, christmas market, open house, open day, conference, convention, exhibition, (your|the) (booth|stall|stand), fundraiser, fete, seminar, workshop you, trade day, church fair",
    "partner": "insurance company, my insurance, my insurer, the insurance, the insurer, insurer, partner of yours, partner company, your partner, the dealership, the hotel, the venue, the store that sold, home depot, lowes, ikea, the developer, the council, the hospital",
    "other": "yard sign*, lawn sign*, for sale sign, business card, your card, magnet, fridge magnet, calendar, your pen, t shirt, sponsor*, little league, church bulletin, notice board, noticeboard, bulletin board, community board, parish newsletter, phone book, phonebook",
}
"""Things that are a channel only where somebody speaks of having found the business there."""

TELLING = {
    "google_search": "googled, googling, google you, google (it|for), googled (you|it|the name|your name), did a google, (a|quick) google search, typed (it |you |)into google, put (it |you |)into google",
    "google_ads": "(first|top|sponsored) (ad|ads) on google, ad (on|in|from|off|through) google, ads (on|in) google, had on google, advert* (on|in|from) google, clicked (the|your|an|on your|on the) google ad",
    "search_other": "(looking|looked|looks|searching|searched|browsing|shopping|hunting|poking) (around |)(online|on line|on the internet|on the web), searched (online|the web|the internet), (looked|found|saw) (you |it |y'all |yous |)(up |)online, searched (for|up)",
    "website": "found your (website|site), came across your (website|site), (on|through|from|off) your (website|site), looking at your (website|site)",
    "vehicle": "(saw|seen|noticed|spotted|behind|followed|following|passed) (one of |)(your|the|a) (van|vans|truck|trucks|lorry|trailer|car|cars), (saw|seen|noticed|spotted) one of (your|the) (guys|guy) (truck|van), your (van|vans|truck|trucks|lorry) (was |is |were |)(parked|outside|driving|drive|drove|in|on|at|around|across|with), one of (your|yall) (vans|trucks|lorries|cars|trailers), number (on|off) (the|your|a) (van|truck|lorry), (on|off) the (side|back) of (your|the|a) (van|truck|lorry)",
    "storefront": "past your (place|shop|store|studio|office|salon|gym|building|lot|restaurant|cafe|bakery|clinic|showroom|yard|garage|church|school), (drove|drive|driving|walked|walk|walking|passed|pass|passing|go|going|went|ride|riding|cycled|jog) (|right |just )(by|past) (you|your|the|y'all|it|there|and|every|on|this|today|yesterday), (drove|walked|passing|driving|walking) (by|past), pass (you|your) (place|shop|store|every|on|all), i pass (you|your|by|it), (saw|seen|noticed|spotted|see) (your|the|a) (sign|shop|store|window|banner|storefront|shopfront|showroom|sandwich board|building), sign (in your window|in the window|on your (door|building|fence)), your sign, (standing|parked|sitting|im) (right |)(outside|in front of|out front of) (of |)your (door|shop|store|place|office|building), (outside|in front of) your (door|shop|store|place|office|building), (the|your) sign (says|said) call, in your window, live (right |just |)(across|opposite|down the street|round the corner|around the corner) and (saw|see|noticed)",
    "flyer": "(leaflet|leaflets|flyer|flyers|flier|fliers|pamphlet|brochure|door hanger) (on|in|under|through|came|from|stuck|at|with|off|that|you|posted|dropped|here|today), (your|a|one of your|the) (leaflet|leaflets|flyer|flyers|flier|fliers|pamphlet|door hanger), (came|dropped|posted|pushed|put|stuck) through (my|the|our) (door|letterbox|letter box), (in|through) (my|our|the) (letterbox|letter box), (hanging|left|stuck|taped|tucked|put|hung|wedged|posted|slipped) (on|under|in|to|into) (my|our|the) (door|doorknob|door knob|door handle|doorstep|gate|windshield|wiper|car|mailbox|front door)",
    "direct_mail": "(card|coupon|letter|something|thing|offer|ad|advert|notice|envelope|piece) in the (mail|post), (got|received|have|sent me|sent us) (a|your|the|this) (letter|postcard|post card|mailer|mailing|catalog|catalogue), (postcard|post card|letter|mailer|coupon|offer) (in|through|came in|by) the (mail|post), your (letter|postcard|post card|mailer)",
    "radio": "(ad|ads|advert|commercial|spot|jingle|heard you|heard your) on the radio, your radio (ad|spot|commercial), (heard|hear) (your|the) (jingle|radio)",
    "tv": "(from|in|on) (the|your|those|that) (commercial|commercials), (ad|ads|advert|commercial|saw you|seen you|your) on (the |)(tv|t v|telly|television), your tv (ad|commercial), your commercial, saw (the|your|a) commercial",
    "email": "(offer|deal|promotion|coupon|sale|special|discount|code) (in|from|on) (your|the|an|that|my) (email|e mail|newsletter), your (email|e mail|newsletter) (about|with|said|says|offer), (got|received|saw|had) (your|an|the) (email|e mail|newsletter) (about|with|saying|offer|from|for|and), sent me (a|the) newsletter, from your newsletter",
    "sms": "text (message |)from (you|yall|you guys) (about|with|saying|offering) (a|an|the|free|your|some|spring|summer|winter|fall|discount), (offer|deal|promotion|coupon|discount) (in|from|on) (your|the|a|that) text, got (your|a|the|this) (text|text message|sms) (about|with|saying|offering|offer|for|and)",
    "referral": "word of mouth, word (around|on the street|in|about) (town|the|here|the neighborhood),  was (referred|recommended), were (referred|recommended), been (referred|recommended), came (highly |)recommended, come (highly |)recommended, got referred, through the grapevine, a recommendation, recommended by, referred by, referral from, referred to you, recommended to (me|us), personal recommendation, (someone|somebody) (recommended|referred|told me|told us|gave me|i know), (on|by) recommendation, referral, everyone (recommends|says|told)",
    "event": "(met|saw|spoke to|talked to|stopped at|stopped by) (you|your|y'all|you guys|one of your guys|your booth|your stand|your stall|your people) at",
    "partner": "(insurance|insurer|insurance company|warranty company|dealership|the hotel|venue|hospital|council) (sent|referred|gave|told|recommended|said|put|passed|recommends)",
    "billboard": "your (billboard|bill board|hoarding|poster), (saw|seen|noticed) (a|the|that|one of your) (billboard|bill board|hoarding)",
    "newspaper": "(ad|advert|advertisement|notice|article|piece|classified) in the (local |sunday |saturday |)(paper|newspaper|gazette|herald|times|chronicle|tribune|journal|post|courier)",
    "transit": "(ad|ads|advert|poster|saw you|your name) (on|in|at) (the|a) (bus|subway|metro|tube|train|bus stop|tram), (back|side) of (a|the) bus",
}
"""Phrases that say by themselves how somebody came to know of the business."""

PEOPLE = "friend*, buddy, buddies, (a|my|me|one of my) mate, (a|my) mates, neighbor*, neighbour*, sister*, brother*, mom, mum, mother, mother in law, dad, father, wife, husband, hubby, son, daughter, kids, cousin*, aunt, auntie, uncle, (sister|brother|mother|father|son|daughter) in law, in laws, niece, nephew, grandma, grandson, granddaughter, grandmother, grandfather, coworker*, co worker*, colleague*, workmate, boss, boyfriend, girlfriend, my (partner|ex), roommate, flatmate, family, relative*, my (doctor|gp|dentist|vet|physio|nurse|midwife|chiropractor|therapist|lawyer|accountant|realtor|agent|landlord|teacher|trainer|coach|pastor|hairdresser|barber|mechanic|electrician|plumber|builder|contractor|roofer|surveyor|pharmacist|optometrist|optician|dietician|broker|solicitor|architect|guy|clients|client|customer|student), (our|my|her|his) (chiropodist|dog walker|cleaner|nanny|childminder|babysitter|tutor|butcher|florist|groomer|carpenter|joiner|plasterer|tiler|decorator|gardener|chef|manager|supervisor|foreman|secretary|driver|tenant|tenants|social worker|carer|counsellor|counselor|osteopath|hygienist|bookkeeper|seamstress|instructor|guide|professor), (our|the|her|his|my) (curate|warden|farrier|caretaker|janitor|porter|postman|treasurer|organist|rabbi|imam|priest|deacon|chaplain|librarian|godmother|godfather|stepdad|stepmum|stepmom|head teacher|headteacher|principal), (our|the|her|his|a|another|one of the|one of my) (doctor|gp|dentist|vet|physio|nurse|nurses|midwife|lawyer|accountant|realtor|estate agent|landlord|teacher|trainer|coach|pastor|mechanic|electrician|plumber|builder|contractor|roofer|surveyor|pharmacist|optician|solicitor|architect|vicar|minister|parent|parents|mom|mum|mother|moms|mums|dad|members|member), (hospice |hospital |)(nurse|nurses), (guy|guys|girl|girls|lady|ladies|woman|man|fella|bloke|people|folks|person|somebody|someone) (at|from|in|i|on|next|across|down|who|that) (work|church|my|the|office|know|gym|school|door|street|road), (guy|lady|girl|woman|man|person|people|someone|somebody) i (know|work|met), acquaintance*, a (client|customer) of yours, one of your (customers|clients|patients), doctor, doctors, dr"

AD = "ad, ads, advert*, advertisement*, advertising, sponsored, commercial, promoted, banner, paid result, top result ad"
"""An engine with one of these near is its paid side."""

MAP = "map, maps, review, reviews, rating, ratings, stars, business profile"
"""An engine with one of these near is its map."""

FOUND = "keep (seeing|passing|hearing), kept (seeing|passing|hearing), found, (about|from|off|on|saw|with) your (ad*|advert*|commercial|promotion|special|offer|deal), your (ad|ads|advert|adverts|advertisement|advertisements|advertising|commercial), posted, saw, seen, noticed, spotted, heard (of |about |)you, heard, came across, come across, coming across, ran across, stumbled (on|upon|across|onto), looked (you|y'all|it|u|up), looking (at you|through|you up|at your|on|around on), discovered, read about, read your, picked up, got your, got the number, got this number, got it (from|off|on), took (the|your) number, come up, came up, coming up, comes up, pops up, popped up, popping up, showed up, shows up, show up, clicked, tapped, searched, searching, search, scrolling, scrolled, browsing, was on, were on, watched, watching, listening, calling (about|off|from) (your|the|an|that), number (was|is|off|from|on), heard your, suggested you, pulled up, brought me, led me, directed me, pointed me, spotted you, recommended you, recommended, gave me your, said you were, answering (your|the|an) (ad*|advert*), responding to, saw it, i see you, i see your, i see that you, im looking at you, looking at (google|yelp|facebook|instagram|maps|apple), you were on, yous were on, you guys were on, found out"
FOUND_SELF = "tagged (me|us) in, had (the |a |)(best|good|great|amazing|excellent|nice|most|better) (reviews|rating|ratings|stars), (good|best|great|nice|excellent|amazing|better) (reviews|ratings), (reviews|ratings) (are|were|look|is), (i|we|ive|weve|i just|i only|i actually|i first|i had|i have) (saw|seen|found|heard|noticed|spotted|read|searched|googled|clicked), showed (me|us), shown (me|us), (i|im|we|were) (was |)looking at, (calling|ringing|phoning|call) (about|on|regarding|for|from|off) (the|an|your|that|this) (ad|advert|advertisement|listing|job|posting|post|vacancy|apartment|flat|house|car), your had, (an|the|this|that) (ad|advert|advertisement) (for you|of yours|for your)"
FOUND_YOU = "did you (see|hear|find|get|come|read|notice|catch|look), are you (from|off|through|one of) (the|our|that|those), you from (the|our), that from (the|our), have you (seen|heard), (do|did) (yous|ye|ya|y'all) (see|find|hear), you (saw|found|heard|seen|find|see|hear|find us|got|get) (us|our|about|of|this|it|the|me|from|on), you (saw|found|heard) , you came (through|from|across|to us), you come (through|from), you (calling|ringing|phoning) (from|about|off|because), are you calling (about|from|off), youre calling (about|from|off), were you referred, are you coming from, you find us (on|through|in|from|by), found us, saw us, saw our, see our, hear our, heard our, seen our, heard us, see us, hear about us"
FOUND_NOT = "(didnt|did not|havent|have not|never|hadnt|dont|do not|wasnt|was not|isnt|cant|couldnt) (actually |really |even |)(see|seen|saw|hear|heard|find|found|get|got|use|watch|listen|read|look|have|do|own|go), (im|i am) not on, not from, not on, not in, not through, not off, wasnt (on|in|through|from|the), (dont|do not) (even |)have (a |any |)"
FOUND_OTHER = "(she|he|they) (|had |just |actually |must have |probably |originally |first )(saw|seen|found|heard|noticed|spotted|read|googled|came across|got), (shes|hes|theyre) (seen|found)"
SENT = "manage*, send*, sent, sending, text*, message*, messaging, messaged, emailed, email (me|you|it|us|them|him|her|over|that|the|a|those|to|address|addresses|confirmation|is|at|on|quote|photos), emailing, an email, (we|to|can|ill|please|you|they|could) post, posting, follow*, follow us, check out, check us out, look us up, like us, leave us, leave (a|you), left (a|you|us), leave, reply, replied, wrote to, write to, wrote you, drop (it|them|me|you|us), share*, forward*, upload*, book* (online|through|on|via), pay*, order*, log in, logged in, login, password, sign up, hacked, my (facebook|instagram|insta|email|e mail|gmail|whatsapp|whats app|linkedin|google|website|site|account|telegram|app|tiktok|youtube), your email, your e mail, works (at|for), work (at|for), working (at|for), worked (at|for), job at, run your, run our, manage your, marketing, market your, seo, rank*, first page, top of, promot*, we advertise, we do, we help, we offer, do you have, are you on, have you got, you got, do you use, available on, contact me, contact us, reach me, reach us, call me on, call you on, video call, chat (with|on|to), (see|look at|find|get|got|check) (the |our |more |some |all |photos |pictures |examples |them )(photos |pictures |examples |of our work |details |info |prices |menu |list |times |everything )(on|at), photos on, pictures on, our (instagram|insta|website|facebook|app|page|site|youtube|telegram|tiktok|whatsapp), on our, go to our, go on our, visit our, through our, using our, via our, in our app, find us on, says on, said on, (site|website|page|app|email|text) (says|said), according to, (reminder|confirmation|invoice|receipt|link|newsletter), confirm*, unsubscribe, subscribe*, by email, by text, via email, via text, by e mail, over email, over whatsapp, on whatsapp, via whatsapp, (can|could) find us (on|in|at|through), tag us, tagged, review us, write (a|us|you), put it on, put that on, put up, download*, install*, went through the app, in the app, on the app, the app (is|was|keeps|says|crash*|wont|doesnt|isnt), website (is|was|says|wont|doesnt|isnt|keeps|down|crash*|said), design, build*, built, redesign, fill out, filled (out|in), fill in"
RECOMMENDED = "by (you guys|yall|you folks|you lot), from you guys, through you guys, cant stop talking, wont shut up about, recommend*, refer, referred, refers, suggested, told (me|us|my wife|my husband) (about|to|that|you|how|good), (said|says|say) (you|yall|to|i should|good|great|nice|really), gave (me|us|my wife|my husband) (your|the|this|yall|a), passed (me|us|on|along|your), sent (me|us) (to|your|over|here|the), sends (me|us), mentioned (you|your|yall), mentioned, raved, swears by, swear by, speaks highly, spoke highly, put (me|us) (on|onto|in touch), (wrote|jotted) (your|it|down|you), you (did|fixed|installed|painted|cleaned|built|serviced|repaired|catered|groomed|moved|helped|treated|photographed|made|done|worked on|looked after|took care of|handled|sorted) (her|his|their|my (friend*|neighbor*|neighbour*|sister*|brother*|mother|mom|mum|dad|parents|cousin*|boss|aunt|uncle|daughter|son)), turned (me|us) on to, pointed (me|us), vouched, who (used|uses|had) you, bought (it|hers|his|theirs|one) from you, got (hers|his|theirs) from you, had (hers|his|theirs) done (by|with|there)"

USED = "(uses|used|use|had|has|hired|using|goes to|went to|comes to|came to|got|love|loves) (you|yall|your), (is|are|was) with you, daughter with you, (cat|dog|kids|kid|son|daughter) goes to you"
"""What a customer does: a recommendation when somebody outside the caller's household does it."""

OURS = "you, youre, yous, youve, your, yours, yall, ya, you guys, ad, ads, advert*, advertisement*, number, listing, this place, this company, it, the name, phone, company, post, video, article, page, profile, reviews, offer, deal, special"

FROM = "from, through, by, off, via, thru, it was"
HOUSEHOLD = "daughter, son, kids, wife, husband, hubby, mom, mum, mother, dad, father, family"
"""People whose business is the caller's own: `you did my son's braces`."""
FROM_WHOM = "from, through"
AND = "and, but, so, then, because, cause"
SELF = "i, im, ive, id, we, weve"
OTHERS = "she, he, they, shes, hes, theyve, theyre"

ASKED = "how (did|do|have|would) you (first |come to |even |actually |happen to |ever |end up |guys |)(hear|heard|find|found|learn|come|know|get|discover|hearing|finding), how (did) (ya|yall) (hear|find), howd (you|ya|yall) (hear|find|get|come|learn), where (did|have) you (first |actually |even |)(hear|heard|find|found|see|seen|get|got|come|learn), whered (you|ya|yall) (hear|find|get|see), (how|where) you (first |)(heard|found|hear|find|came|saw|got|know|come|learned|learnt|got to), what (brought|led|made|brings) you (to|in|here|call|choose|pick|our|us|give), who (referred|recommended|sent|told|gave) (you|us), (heard|hear) (of|about) us, (found|find|finding) out about (us|the), who (do|can|should) (we|i) thank, (got|get) (our|this|my) number, how did (that|this) come, how you know (us|about), (and |)how did you come (across|to|by), what made you (call|choose|pick|think|reach|get|come|contact|look|want to), (come|came) to call us"
SUGGESTED = "was it, was that, is that, is it, would that be, was this, from our, through our, on our, off our, off the, perhaps, maybe, by any chance, did you say, you mean, you mean the, or was it, or through, or from"

ASKED_WHO = "who (referred|recommended|sent|told|gave|suggested) (you|us), who (do|can|should|did|have) (we|i) (have to |)thank, who to thank, who (we|i) (have to |can |)thank, who was it that (sent|referred|told|recommended), whos your (friend|neighbor)"

YES = "yes, yeah, yep, yup, yea, ya, yah, ye, uh huh, mm hmm, mhm, aye, sure, right, correct, exactly, absolutely, indeed, i did, it sure was, it was yeah, it was yes, that was it, thats right, thats it, that one, thats the one, thats where, thats how, you got it, i think so, i believe so, true, definitely, of course, that it, that right, that where, spot on, bingo, guilty, both"
NO = "no, nope, nah, naw, not really, i didnt, i havent, i did not, i dont think so, dont think so, not that i, neither, not at all, it wasnt, wasnt, wrong, yeah no, never"
NOT = "not, wasnt, isnt, wasnt it, neither, nor, without, instead of, rather than, not the"
UNSURE = "maybe, might, might be, may have, mighta, could be, could have, couldve, mightve, not sure, unsure, dont remember, cant remember, do not remember, dont recall, cant recall, dont really remember, no idea, perhaps, possibly, or something, or somewhere, or one of, one of those, somewhere like, i forget, forgot, dont know, dunno, not certain, not a hundred percent, cant say, could not say, couldnt tell you, couldnt say, hard to say, who knows, or was it, maybe it was, some kind of, must have been, mustve been, whatever it is, they all look the same, hazy, not positive"
GUESSING = "i think, i guess, i believe, probably, i suppose, i reckon, i wanna say, i want to say, if i remember, as far as i remember, pretty sure it was maybe"
OR = "or, or was it, or maybe, or on, or the, either"
TAKEN_BACK = "no wait, wait no, oh wait, wait, hang on, hold on, sorry, i mean, i meant, actually no, no actually, actually it was, no it was, scratch that, correction, my mistake, my bad, what am i saying, no sorry, sorry no, i tell a lie, tell a lie, i lie, or rather, no no, i misspoke, strike that, no not that, let me think, oh no, uh no, um no, no thats wrong, come to think of it, not that one, excuse me"

REPEAT = "(you|yall|you guys) (printed|made|did|built|cleaned|catered|shot|designed|fixed|painted|sewed|baked|cut|installed|engraved|framed) for (us|me), yall (did|fixed|installed|painted|cleaned|built|serviced|repaired|catered|groomed|moved|helped|photographed|made|replaced|put in|treated|redid|delivered|trimmed|pumped|sorted|printed) (my|our|me|us|the|a|some|it), (used|hired) (you|yall|ya|you guys|you folks|you lot|your company|your services|your service|you people) (before|already|last|a|once|twice|in|for|to|on|and|when|back), (used|hired) (you|yall|you guys|you folks|you lot|your company) , (bought|ordered|rented|got|purchased) (from|with|through|off) (you|yall|you guys|you lot|here), (bought|ordered|rented|got|had|purchased) (a|an|one|some|the|it|my|our|everything|something|two) (from|with|off) (you|yall|you guys|you lot), (regular|repeat|returning|existing|longtime|long time|loyal|old|previous|past|current) (customer|client|patient|customer of yours|client of yours|guest), been (coming|going|ordering|using|buying|renting|taking) (to|from|with) (you|yall|you guys|you lot|there), been using (you|yall|you guys), been a (customer|client|patient|member), (im|i am|i was|we are|were) (already |)a (customer|client|patient|member), you (guys |folks |lot |already |)(did|fixed|installed|painted|cleaned|built|serviced|repaired|catered|groomed|moved|helped|photographed|made|replaced|put in|put|treated|redid|delivered|trimmed|pumped|sorted) (my|our|me|us|the|a|one|some|it), (had|have had|ive had|weve had) (you|yall|you guys|you folks|you lot|you all) (out|before|do|in|over|here|come|guys|last|round), came to you (last|before|for|a|in|with|once), (have|had|got|kept|still have|saved) your (number|card) (already|saved|in|from|on|for|since|here|stored|and), your number (saved|in my|stored|from last|from when|from before), (from|since|like|than|as) last time, last time (you|i|we), (i|we) always (use|order|come|call|go|buy|get|book|rent|used), same as last (time|year), stayed with you, been (to you|to your|there|here|with you|in) (before|already|last), weve been before, ive been before, back again, was in last, worked with you (before|last|on|in|guys|already), dealt with (you|yall|you guys) (before|last|for|already|on), come back to you, coming back to you, second time (with you|using|buying|calling|ordering), third time (with you|using), past customer, did (some |a |)work (for|with) (me|us|you) (before|last|a)"
REPEAT_ASKED = "(have|did) you (ever |)(used|use|been|come|been in|visited|worked|ordered|shopped|been here|stayed|booked|rent*) (to |with |from |here |at |)(us|here) before, been (here|to us|with us|in) before, used us before, are you (a|an) (existing|returning|current|new or returning|regular|already a) (customer|client|patient), (ordered|bought|booked) (with|from) us before, (customer|client|patient) (with|of) (us|ours) (before|already)"
BUYING = "want, wanted, wanna, need, needed, needing, looking for, looking to, interested, id like, id love, wed like, can i (get|book|order|schedule|come|have|rent|bring|buy), could i, can we (get|book|order|schedule|come|have), can you (do|come|make|give|get|deliver), could you (do|come|make|give|get|deliver), do you (do|have|sell|still|offer), again, another, quote, estimate, how much, price*, book, schedule, order, reorder, same again, buy, rent, hire, more, usual, as usual"
SERVICE = "complain*, complaint, warranty, guarantee, refund, still (not|hasnt|havent|leaking|broken|waiting|doesnt|isnt|no), my (order|invoice|bill|contract|account|reservation|policy|statement|delivery|refund|booking), reschedul*, resched, cancel*, move my, change my, doesnt work, didnt work, not working, stopped working, isnt working, broke again, broken again, again broken, leaking again, come back and fix, same problem, status, where is my, wheres my, hasnt (arrived|come|been|shown), havent (received|heard|got), didnt (show|come|arrive|fix), never (came|showed|arrived|fixed), overcharged, charged (me|twice|us), worse, damaged, scratched, you left, faulty, defective, disappointed, unacceptable, ridiculous, results back, test results, my appointment, code, not happy, unhappy, fell off, came loose, coming loose, supposed to"

SKIPPED = "post office, (put|place|run|make|record|running|placing|buy|sell) (a|an|our|my|some|your) (ad|ads|advert|commercial|spot|notice) (on|in) (the|your|a) (radio|paper|tv|bus|buses|newspaper|magazine|station), (moms|mums|mom|parents|parent|neighbors|neighbours|friends|family|ladies) group, i dont know i just, dont know i just, dunno i just, i dont know just, google (pay|drive|doc|docs|calendar|meet|chrome|translate|play|account|wallet|sheets|photos|home|cloud|pixel|classroom), apple pay, text book, text books, face time, paper work, paperwork, paper towel*, wall paper, wallpaper, toilet paper, paper (cup|cups|bag|bags|plate|plates), internet (service|provider|connection|speed|is|was|bill|package|banking|plan|line), (online|internet) banking, tv (stand|mount|bracket|unit|repair|screen|is|on the wall|package|set), (smart|mount a|mount the|mount my|hang a|hang my|fix my|fix a|my|our|inch|new|the) tv, (need|want|build|building|design|designing|make|making|redesign) (a|my|our|the|us a|me a) (new |)(website|web site|webpage|app), website (design|designer|development|builder|hosting), app (developer|development), web design, order (of|some|the|five|a|hundred|of the) flyers, (print|printing|printed|prints|design|some) (flyers|leaflets|brochures|posters|business cards|postcards), (bus|train|metro|subway|tube|taxi) (pass|driver|license|ticket|tickets|fare), signal (booster|strength), no signal, cover letter, (your|the|my|our|a) (truck|van|car|trailer) (is|was) (late|here|not|stuck|running), sign (up|in|the|a|for|here|off|that|it), van (insurance|hire|rental), truck (rental|driver), (rent|hire|renting|buy|buying|selling|sell|fix|tow|drive) (a|the|my|our|your) (van|truck|trailer|car), my (van|truck|car), car (radio|battery), radio (doesnt|is|isnt|wont|in my car), family (of|law|room|plan|size|doctor|dentist|practice|member is), the weather app, banking app, on paper, insta pot, instapot, no google, no idea"
"""Phrases in which nothing counts as a mention, a yes or a no."""

NOT_AN_ANSWER = "no problem, no worries, no rush, no thanks, no thank you, no need, no big deal, no matter, right now, right away, right there, all right, right there, right across, right around, right next, right down, right by, right off, right at, right after, right in, right on, no one, nobody, no longer, no more, no hurry, no charge, no doubt, not bad, no just, no parking"
NEARBY = "near, near the, opposite, across from, next to, close to, behind, beside, by the, around the corner from, parking (by|near), stop (at|by), station, lives, live"
FILLERS = "uh, um, er, erm, hmm, mm, well, oh, so, like, okay, ok, ah, eh, huh, hm, let me see, let me think, you know, sorry, pardon, what"

# --- Lead quality and outcome (classifiers/kinds/quality.py, outcome.py) ---

CUE_FILLERS = "uh um er erm ah eh hmm mm mhm uhm actually basically oh so"
"""Left out before patterns are matched; patterns are written without them."""

CUE_JOINED: tuple[str, ...] = ()
"""Words that belong to the next one."""

CUE_NUMBERS = (
    "0 one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fourty fifty sixty seventy eighty ninety hundred thousand grand"
)
"""What `#` stands for; `0` is any figures."""

CUES: dict[str, str] = {
    # What is no conversation at all
    "machine": """
        you've reached, you have reached, leave (a|us a|your|me a) message, leave (your|a|us your) .. name, after the (tone|beep),
        at the (tone|beep), come to the phone, office|offices is|are ?currently|now closed, no~one|nobody is|can .. available|take|answer,
        not available to take your call, unavailable to take, record your message, voicemail|mailbox, answering machine,
        we'll|we~will get|call .. back as soon as, please call back during, our hours are, at the sound of
    """,
    "menu": "press one|two|three|four|0, please hold|stay .. line|hold, your call is important, calls may|are .. recorded, dial the extension",
    "robocall": """
        this is an automated, press one|0 to|now .. speak|qualif*|agent|be|continue|remove, final notice|attempt|warning, extended warranty,
        your .. warranty .. expire*, lower your interest, interest rate on your, student loan, your social security, you have been selected,
        you've been selected, congratulations you, free cruise, do not hang up, prerecorded, important message regarding
    """,
    "nobody": """
        is anyone|anybody|someone there, anyone|anybody there, can you hear me, can't hear you, cannot hear you, are you there, hello hello,
        i can't hear anything, there's no one there, nobody there, the line|call .. dropped|dead|breaking
    """,
    "wrong_number": """
        wrong number, wrong .. number, wrong place|office|shop|business|company|department|extension|person, misdialed, misdialled, dialed|dialled wrong,
        number .. wrong, must have the wrong, you want the other, old number, used to have this number, sorry to .. bother you i thought|meant
    """,
    "wrong_target": """
        is this|that ?not the|a, isn't this|that, am i through to, have i reached|got, did i reach|call, i'm trying to reach|call|get,
        i thought this was, i was trying to reach|call|get, this isn't, looking for a guy named, is _ there, can i speak|talk to
    """,
    "not_here": """
        no this is, no that's|you've|you .. reached|called, nobody here by that, no one here by|called|named, there's no _ here, no _ here,
        we're not, we are not, we're a _, this is a _, you have the wrong, you've got the wrong, you got the wrong, that's not us, not a _ it's
    """,
    # People who will not buy, and why they call
    "selling": """
        free samples, some samples, we'd love to .. drop|show|offer|help|send|introduce|tell|give, would your company|business .. consider|like|be, sponsor*, am i speaking .. owner, speak|talk .. owner|manager|person|decision .. charge|handles|responsible|maker|owner, is the owner|manager .. in|there|available,
        business owner, we help|work with .. businesses|companies|owners|cleaners|contractors|shops|dentists|restaurants, we help _ get, first page of google, rank .. google, seo,
        your|you .. google~listing|listing|profile|website .. unverified|verified|not|ranking, web design, digital marketing, marketing agency|company|firm|solutions|services,
        more leads|customers|patients|clients|traffic|exposure, boost|grow|increase your .. business|sales|traffic|visibility|ranking,
        energy|electricity|gas|utility|card|credit|phone .. supplier|bill|rates|processing|provider, merchant services, payment processing, business loan|funding|capital, working capital,
        offer .. free trial|demo, free demo|audit|consultation|trial .. for|of your, quick|short demo, thirty|two|five|0 seconds|minutes of your time, seconds|minute of your,
        i can save you, save you money on, save your business, special offer|promotion|deal for your, we're offering, who handles|manages|takes .. your, who is your current, current provider,
        i'm calling from .. solutions|media|marketing|energy|capital|digital, calling on behalf of, calling about your .. listing|energy|electricity|warranty|account with google,
        person|somebody|someone~who|that .. deals|looks|handles|takes|manages, deals with|handles your, did you know .. your|that|you|from, we provide|offer|specialize .. to|for|in .. businesses|companies|firms, interested in .. advertising|partnering|selling your|our~product, take .. advertising|ad|ads with|in, put your .. on our,
        donation|donate|charity|fundrais*, solar panels .. your|qualify, home owner, are you the homeowner, toner|office~supplies .. offer
    """,
    "survey": "survey, questionnaire, a few questions about your, market research, opinion poll",
    "brush_off": """
        got a supplier|guy|provider|company, happy with thanks, take .. off .. list, remove .. from|me .. list, not interested, no thanks, no thank you, we're good, we're all set, don't call|ring .. again|here,
        stop calling, do not call, we don't need|want .. any|that|it, we already have, how did you get this number, happy with .. what|who|our|current|it, got customers, no time, don't have time, i'm busy, i'm up a, no mate
    """,
    "job": """
        are you .. looking for .. servers|waiters|staff|people|help|anyone|drivers|cooks|cleaners|baristas|mechanics|stylists|receptionist*|bartenders|cashiers|workers, looking for .. servers|waiters|staff|workers|bartenders|cashiers, hiring, job opening*|application|interview|posting|advert|listing|ad|vacanc*|vacancy, vacanc*, apply|applying|applied|application .. job|position|role|work|online|opening,
        position, looking for .. work|job|employment|apprenticeship, any work going, need any|some .. help|staff|hands|drivers|workers, are|do you .. hiring|recruiting|need .. staff|anyone|drivers|help,
        resume, my cv, cv, send .. cv|resume, job interview, interview .. for|with|at, apprentice*, intern|interns|internship|internships|apprentices, careers page,  work experience, start work, references from .. employer, the job you advertised,
        years .. experience .. driver|cook|chef|barista|mechanic|stylist|nurse|as, looking to work for, do you take on
    """,
    "supply": """
        adjuster|surveyor|inspector for|on, i'm the adjuster|inspector|rep|courier|driver, parts list, delivery|pallet|shipment|load|parcel for you, on the truck|pallet, your order .. short|truck|van, short on|of, substitut*, sub _, back door, loading dock, your delivery, we|i .. deliver*|drop* .. to~you|off|your, your order with us, purchase order, po number, invoice|invoices .. you|your|outstanding|sent|for|number|overdue|paid,
        wholesale, supplier, vendor, distributor, restock, your rep, account manager, we supply, your usual order, subcontract*, on the .. job|site .. tomorrow|for~you, i'm doing the _ for the,
        the _ service|wedding|event|job .. for|on my sheet, on my sheet, from the printers, from the supplier, remittance, accounts payable, statement for your account, net thirty, unload|loading, tail lift, your stock, out for delivery to you,
        your next order, minimum order for trade, trade account|price|counter, property manager .. of|for|at, letting agent, insurance adjuster, adjuster for, claim for your
    """,
    "partnering": """
        send .. customers|clients|business|people|patients|referrals your|to~you, refer .. clients|customers|patients to you, referral fee|partner|program|partnership, partner* with|up, partnership, work together, collaborat*, team up, cross promot*, we get asked, recommend .. to our, list .. as a recommended
    """,
    "private": """
        love you, see you at home, what's for dinner, dinner tonight, pick .. up .. kids|school|milk|bread|mum|mom|dad, it's mom|mum|dad|me|your, hi mom|mum|dad|honey|babe|love it's, hey mom|mum|dad|honey|babe|bro, honey|babe|sweetheart .. are you|can|did, your wife|husband|mum|mom|mother|dad|brother|sister is,
        on your way home, way home, when .. you .. home, call your mother, happy birthday, running late for .. shift|work, my shift, cover .. shift, swap .. shift, who's on .. shift|tonight|tomorrow, calling in sick, call in sick, can't come in, i'm at the .. depot|warehouse|site,
        it _ at|from|in|over .. shop|branch|store|office|warehouse|depot|location|site, from the _ shop|branch|store|office|warehouse|depot, other branch|shop|store|office|location, from head office, head office here, it's _ from .. accounts|payroll|head|dispatch|warehouse|reception|it, where do we keep, alarm code, can you open up, lock up, is the boss, staff meeting, rota, payroll, my payslip, it's dead mate
    """,
    # Existing customers
    "owns": """
        my order, my .. appointment|booking|reservation, my account, my contract, my policy, my unit, my invoice, my bill, my statement, my subscription, my membership, my warranty, my deposit, my refund, my repair, my claim, my prescription|results|glasses|crown, my technician,
        i've got .. an|my .. appointment|booking|test|reservation, i have .. an|my .. appointment|booking|reservation, i'm a .. customer|client|patient|member|tenant, i'm .. member|customer|client|patient of yours, i'm with you, been|being with you .. years, i .. come to you, we're customers, existing customer, our contract, our account, my usual, same as last
    """,
    "past_service": """
        you|you've|guys|lot|they|your ?_ fixed|installed|serviced|repaired|replaced|cleaned|painted|fitted|delivered|sold|built|treated|sent|charged|billed|moved|tuned|did .. last|week|month|year|yesterday|day|me|us|my|our|and|in|on|it|out|ago, you do|did|mow|clean|service|handle our|my,
        i|we .. ordered|bought|purchased|paid|picked|rented|signed .. from~you|last|week|ago|days|month|yesterday|online|two|three|already|for|off, you .. were|was out|here|supposed|meant, was|were supposed to, had .. done|fitted|installed|serviced|cleaned|delivered .. by~you|last|with~you|there|you,
        you guys came, your guy|guys|technician|driver|man|team|crew|plumber was|were|came|left|did|didn't|never|said|broke|told, since you .. fixed|came|did|left|installed
    """,
    "complaint": """
        waiting in|all day, been waiting, taken the day off, took .. off work, money back, called|rung|emailed|asked .. twice|times|already, complain*, complaint, refund, money back, not happy, unhappy, disappointed, unacceptable, ridiculous, disgusting, terrible, awful, worse than, still .. not|isn't|doesn't|won't|leaking|broken|waiting|hasn't|haven't|making|there, hasn't|haven't|never|didn't .. arrived|come|came|turned|shown|show|showed|received|delivered|called|fixed,
        nobody|no~one .. came|come|showed|called|turned|came|rang|told, broke|broken|stopped|leaking|failed .. again|already, again .. broke|leak*, overcharged, charged .. twice|me|wrong|double, wrong .. item|size|colour|color|part|order|one|amount, damaged, scratched, speak|talk .. manager|supervisor, small claims, bad review, one star, faulty, defective, won't take my, doesn't work, not working, missing
    """,
    "status": """
        tracking says, says .. delivered, says .. it was delivered, where's|where is .. my|the .. order|delivery|parcel|technician|driver|package, when .. it|they|that .. ready|arrive|arriving|delivered|done|finished|ship, is|are .. my|it .. ready|done|finished|in~yet, any news|update, status of|on, checking .. on|up .. my|the|order|status, chasing|chase .. up|my|an, following up on, has .. shipped|arrived|come~in, tracking number, ready .. pick*|collect*, pay .. my .. bill|invoice|balance, update .. my .. card|address|details, question about .. my .. bill|invoice|account, copy of .. my, balance on my, reset .. my|the password, my password, password is, can't .. log|get|sign|access .. in|into|on, log|sign|get into .. my|the account, locked out
    """,
    "account": "order|invoice|account|policy|contract|booking|reference|confirmation|customer|job|ticket|case|claim|unit|member|membership|file~number|no|#, it's under, under the name, last four, date of birth, order #, unit #",
    "move_visit": """
        reschedul*, move .. my|the|our|it .. appointment|booking|visit|to|back|forward, push .. my|it|the|our .. back|to, change .. my|the|our .. appointment|booking|time|date|day|slot|reservation, can't .. make it|come|make .. tomorrow|today|monday|tuesday|wednesday|thursday|friday|my|the|that, make it|do|change to|have .. instead, different time|day, another day|time, instead of .. monday|tuesday|wednesday|thursday|friday|tomorrow, need to move
    """,
    "cancel_visit": "cancel .. my|the|our|it|appointment|booking|order|subscription|membership|contract|policy|service",
    # A prospect and what they want
    "asks_price": """
        how much, what .. cost|costs|price|prices|rates|rate|charge|fee|fees|run|pay, ballpark|ball park, quote|estimate|pricing, price list|range, what would|does|do|will .. run|be|charge|set~me, what you|guys get for that, what are .. talking|looking, price on|for|of, cost of|for|to, any discount*, payment plan|plans, financing, do you charge, is there a charge, how expensive, cheaper|cheapest, your rates, the damage
    """,
    "asks_offer": """
        can|could you|someone|somebody _ me|us|my|it|the|our, do you ?guys ?also ?still do|have|offer|sell|carry|take|accept|make|provide|handle|install|repair|fix|rent|stock|service|cover|deliver|cater|work|come|ship|treat|teach|clean|build|groom|board|serve|run|print|need,
        can you ?guys do|fix|make|come|install|handle|help|repair|clean|deliver|get|look|tell|recommend, have you ?guys got|any, you guys got|do|have, are you ?guys ?still able|taking|open|accepting|available, got any, is it possible, is there a|any|an, are there any, could you|someone|somebody, would you be able, what kind|sort|type|sizes|colours|colors of|do|have, how long does|would|is|will, how soon, when .. could|can|are you|is the next
    """,
    "need": """
        i need, we need, i'm looking, we're looking, i am looking, i want, we want, i'd like, we'd like, i would like, i'm interested, we're interested, interested in, i'm calling|ringing about|because|to~see|for, calling to~see|about|ask, wondering|wanted if|about|to~see|to~know|to~ask, i've got a|this|an|some|two|three, i have a|an|this|some|two|three, we have a|an, we've got a,
        my|our .. is|are|won't|has|have|needs|need|keeps|stopped|just|isn't|doesn't|burst|broke|broken|leaking|died, thinking .. about|of|getting|having, getting married, just moved, moving to|into|out, buying a, we're planning, planning a, there's a leak, passed away, has died, tooth|toothache|pain, enquiry|inquiry, new patient|customer|client|here, first time, to sign up, sign .. up|son|daughter
    """,
    "new_purchase": "another|second|new|more .. one|order|pair|set|of|unit|package, order|book~again, i'd like to order, also like|want|need .. you|to|a|some|another, add .. to|another|a, upgrade, same again, like|want|need .. new, also .. need|want|do, while i have you, place an order, one more thing do you",
    "asks_visit": """
        i|we|she|he try a|one|it|out, come and|in try, can|could i|we|you|someone|somebody .. come|book|schedule|make|get .. out|in|appointment|by|over|round|today|tomorrow|booked|see|look, make|book|schedule|set .. an|a|up .. appointment|visit|table|consultation|viewing|time|estimate|slot|lesson|trial|test|tour, book in|an|for|it|me|us|him|her, any .. openings|availability|slots|appointments|times|tables, do you have .. opening*|availability|slot*|appointment*|time|free|space|room|anything, squeeze .. in, fit .. in, come out|by|over|in|round .. look|take|see|today|tomorrow, see someone|a~doctor|the~dentist|it|the~place|the~apartment|the~flat, arrange .. visit|viewing, table for, reserve, a reservation
    """,
    "buy_now": """
        please hurry, i'll take, we'll take, i want to|it .. today|now|book|order|buy, i'd like to .. order|book|buy|schedule|sign|reserve|go~ahead|place, ready to|now .. buy|sign|book|order|start|go|move, as soon as .. can|possible|you, asap, right away, right this, need .. right now, need it|them|this|someone|somebody|you .. today|tonight|now|tomorrow|done|by, today if, emergency, urgent*, let's do|go|book it|that|ahead|with, sign me|us up, i want to book|order|buy, can i order|buy|book|pay, go ahead .. book|order|and, flooding, it's flooded, no heat|hot~water|power, want to .. order|buy|book|reserve|sign|place|schedule, when .. earliest|soonest, i'm .. buying|ordering, we definitely want, definitely want, put me|us down
    """,
    "curious": "just|only curious, i'm not|wasn't .. buying|booking|ordering|looking~to, not .. planning to .. buy|book|order, had a bet, just|only wondering, out of curiosity, for .. school project|paper|homework|article|essay, just browsing|looking, not looking to buy|book|order, not in the market, never mind i|it, maybe someday|one~day|next~year, no rush at all, settle .. bet|argument, was just asking, asking for a friend, not really looking, don't .. need|want .. anything|one~now|yet|really",
    "thinks": """
        think about|on it|over, think it over, i'll think, let me think, have a think, need to think, sleep on it, talk|speak|check|discuss|run .. with|to|it|by .. husband|wife|partner|boss|mum|mom|dad|brother|sister|team|board|landlord|roommate|family|him|her|manager, other|another|few|couple .. quotes|places|numbers|estimates|companies|place|quote|one, shop|shopping|asking|ring*|call*|looking around, compare|comparing, get back to you, not .. sure|decided|ready yet|if, we'll see, i'll see, i'd have to .. look|check|ask|see|talk, let you know, depends on, look at .. calendar|schedule|budget, talk myself into, we'll decide, decide .. later|then
    """,
    # What is said back
    "price": """
        # dollars|dollar|bucks|pounds|pound|quid|euros|cents|pence, # (an hour|per hour|a month|per month|a week|a day|a night|a year|each|apiece|a person|per person|a head|a foot|per foot|a square|per square|plus tax|all in|a session|a lesson|a pop|a piece|flat),
        (that'd|it'd|that would|it would|that'll|it'll|that will|it will) be .. #, (that|it) comes ?to .. #, costs|cost|charge|charges|runs|price|fee|rate|starts|start|starting|priced|callout|deposit|quote .. #, looking at .. #, runs .. about|around .. #, between # .. and # thousand|hundred|grand|dollars|pounds|bucks, # to # hundred|thousand|grand|dollars|pounds, somewhere .. between|around #, from # .. up|to|for, # for .. the|a|an|one|two|both|all|that|it|labour|labor|parts, # with|plus .. the|a|parts|tax|labour|installation, # off, # first month, # hundred|thousand|grand, about|around # ?dollars .. for
    """,
    "free_quote": "free estimate|quote|consultation|assessment|survey|inspection|visit, estimate|quote|consultation is|are free, no charge|obligation",
    "time": """
        monday|mondays|tuesday|tuesdays|wednesday|thursday|thursdays|friday|saturday|saturdays|sunday|tomorrow|tonight|today|weekend|noon|midday, at # ?thirty|fifteen, # o'clock|am|pm|a~m|p~m|thirty|fifteen, half|quarter ?past|to #, this|next|the|in|early|late .. morning|afternoon|evening|week|month, morning|afternoon|evening, the first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|twentieth|0, between # and #, before|after|around|by # , in|within .. hour|hours|minutes, # minutes|hours away
    """,
    "visit": """
        appointment|appointments|booking, come out|by|over|in|round|see|take|and|down, be|been|being~there|out|over|here|with~you, stop by, swing by, drop by|in, fit you in, squeeze you, slot|opening|openings|available|availability, i've got|have .. at|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow, technician|tech|plumber|electrician|engineer|surveyor|estimator|someone .. out|there|come|be|over|available|to~you, in your area, over your way, consultation|viewing|tour|showing|trial|lesson|fitting|inspection|site~visit|table, meet you|there, send .. someone|somebody|a~tech|him|her|one|guy|plumber|out, bring .. it|him|her|the .. in|over|by|down, suit you|both, does _ work, check in
    """,
    "hours": "open|opening|close|closed|closing .. at|till|until|from|on|today|sunday|saturday|hours|#, what time .. open|close, opening hours, your hours, business hours, walk ins|in welcome, just walk|drop|turn in|up, no appointment",
    "booked": """
        i|we can|could|will be there|with~you|out|over, be with you .. in|within|by, sit tight, he|she|they|tech|technician|driver|plumber|tony .. on .. way, can|could|will|i'll have|get .. there|out|to~you .. within|by|in|today|tomorrow|tonight|at|this, moved you, changed .. it|you|that .. to|for, rescheduled, you're moved, you're ?all booked|set|down|confirmed|scheduled|good~to~go, i've|i've|have|got|booked .. you .. booked|down|in|scheduled, book|booking|booked|put|putting|pencil|schedule|get|got|have|sign .. you .. in|down|for, that's|it's ?all booked|confirmed|reserved|scheduled, appointment .. is|confirmed|set|for, i'll .. put~you~down|book~you|see~you|be~there|come|pop|pencil, we'll .. see~you|be~there|have|send|get .. tech|someone|you|him|there, see you .. then|there|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|at|on|tonight|soon|in, expect .. you|him|her|us|them, table .. for|is|under, reserved, confirmation .. text|email|shortly, look forward to seeing, remind* .. text|email|before|day
    """,
    "full": "fully|all|completely booked .. up|until|out, booked solid|out|up, nothing|no .. available|openings|slots .. until|left|today|this|week, no availability, sold out, out of stock",
    "address": "what's|what~is|can~i|could~i|get|and .. your .. address|name|postcode|zip|number|email, the address|postcode, your name|address|number|postcode|email, phone number .. for, best number, what name, name please, who's it for, spell .. that|it|your, i'm at # , it's # .. street|road|avenue|lane|drive|close|court|way, # .. street|road|avenue|lane|drive|close|court|crescent",
    "accept": """
        yes|yeah|yep|yup|sure|okay|ok|perfect|great|lovely|wonderful|brilliant|awesome|excellent|fantastic|super|alright|absolutely|definitely|cool|cheers|ideal|right, that'll do|work, that will do|work, that|it|which works, sounds good|great|fine|perfect|like, fine, go~ahead|on, go for, let's do, please do, please, i'll take, we'll take, works for|great|fine, deal, good, suits
    """,
    "decline": """
        no thanks, no thank you, i'll pass, we'll pass, not for me|us, not interested, i'll|we'll leave it|that, leave it .. then|there|for~now, never mind, nevermind, forget it, not going to .. work|happen|do, not .. possible .. for|us|me, don't think so, i don't think .. we|i|that|it|will|work, changed my mind, decided against|not~to, not worth it, don't .. bother, no .. then|so, doesn't work for, won't work for|then, that's no good, too bad, i'll skip, can't do that, it's a no, gonna pass, going to pass, not what~i|we .. looking|need|want|after
    """,
    "too_dear": """
        too expensive|much|dear|pricey|high|steep, can't .. afford|do .. that|it|#, cannot afford, out of .. budget|range|reach, over .. budget, a lot more than, more than .. we|i|can|wanted|thought|have, way more, that's .. steep|expensive|pricey|robbery|crazy|insane, a lot of money, don't have .. that|money|kind, cheaper .. elsewhere|somewhere|place|online|guy|quote, not paying, i'm not paying, wasn't expecting
    """,
    "elsewhere": """
        somewhere|someone|somebody else, go|went|going .. with .. someone|somebody|another|other|them|else, try .. someone|somebody|somewhere|another|elsewhere|other|else|them, find|found .. someone|somebody|another|somewhere .. else|place|closer|company, elsewhere, another company|shop|place|guy|clinic, keep looking|calling, already .. found|booked|hired|went|have .. someone|one|another
    """,
    "area_refused": """
        don't|do~not|doesn't .. cover|service|serve|go|come|deliver|travel|work|do .. out|area|there|that|far|to|in|anywhere|past|beyond|outside, not .. in our|my .. area|zone|range, outside|out~of .. our|the|my|service .. area|zone|range|radius, out of area, too far .. for|out|away|from, only|just .. cover|serve|service|work|deliver|do|go .. in|within|to|the|around|up|local, don't .. make it|get .. out|up|down|over~there, bit far, within .. # miles|kilometres|km, beyond .. our, miles|kilometers .. too far
    """,
    "not_offered": """
        we|i don't|dont .. do|offer|have|sell|carry|take|accept|handle|work|treat|make|stock|install|repair|fix|rent|deal|provide|service, we|i no longer, don't .. anymore|any|those|that|them|anyone, not something we, that's not .. something|us|what|we, we|i only|just .. do|handle|work|sell|treat|take|have|fix|repair, we're not .. licensed|able|equipped|set|certified|taking, can't help .. with|you, can't .. do that|help, unfortunately .. we|not|no|don't|can't, afraid .. we|not|no|don't|i|that's, stopped .. doing|selling|offering|carrying, discontinued, you'd|you'll .. need|want|have .. specialist|someone|different|another|to~try|to~call, try .. calling, haven't .. got|done|any, i'd go where
    """,
    "callback": """
        (call|ring|phone|get back to|text|email|message|contact) you .. back|later|tomorrow|today|monday|tuesday|wednesday|thursday|friday|when|as|this|after|first|in|before|with|then|on|once|within|by|shortly|the|at, call|ring|phone|calling|ringing .. back|later|again, give|gives you|me|him|her|them a call|ring|bell|buzz|shout, get back to .. you|me, (i'll|we'll|he'll|she'll|i~will|we~will|they'll|someone will|somebody will|can|could|gonna|going to) .. send|email|text|ring|call|forward|shoot|message|drop .. you|it|them|that|over|back|me|a|out|him|her, have .. him|her|them|someone|somebody|manager|coordinator|owner .. call|ring|contact|phone|reach, send .. me|over|you .. quote|estimate|info|information|details|brochure|email|link|price|prices|it|that|list|proposal, in touch, be in touch, call .. me .. back|tomorrow|later|after|when|on, reach .. out|back, follow up with, will call|ring|email you|me|back, drop .. you|me .. line|email|text
    """,
    "paying": "card number|details, long number, visa|mastercard|amex, expiry|expiration|cvv|three~digits|security~code, pay .. now|over~the~phone|by~card|deposit, take .. card|payment|deposit, deposit|payment, card on file, zip .. for .. card, for the card, bank transfer",
    "paid": """
        went|gone|going through, payment .. received|through|taken|approved|accepted|processed, paid, charged, approved, that's .. paid|all~paid|gone, receipt, order .. placed|confirmed|number|in|through|is, confirmation number, placed .. order, signed .. contract|lease|agreement, contract|lease .. signed|done|sent, i'll sign, e sign*, docusign, enrolled, you're .. signed|enrolled, policy .. active|starts|in~force, gate code, welcome aboard|to~the, i'll .. ring|put .. that|it|order .. up|through|in, put|place|putting|placing .. order|that .. in|through|for|now, total .. is|comes|today
    """,
    "order": "i'd like to order, can i .. order|get .. a|the|two|three|for, i'll .. take|have|get .. it|them|that|the|two|three|one|a|both, we'll take, for pickup|delivery|collection, for pick up, place .. order, to order, order a|some|the|two|three|one, ready in .. minutes|hour, deliver* .. by|tomorrow|today|on|to|between, anything else",
    # How an existing customer's matter ended
    "resolved": """
        it|that|this .. worked, i'm in, that fixed|did|worked|sorted|solved, it's .. working|fixed|on|green|opening|up|back|going|loading, working now, works now, all sorted|set|done|fixed|good|taken, sorted, i've .. updated|changed|sorted|cancelled|canceled|refunded|processed|issued|extended|put|sent|fixed|reset|corrected|removed|added|waived|cleared, refund|credit .. processed|issued|back~in|will|on~its, you'll .. see|get|have .. refund|credit|back, it's .. ready|here|shipped|on~its~way|out~for|arriving|coming, ready .. for|to|any|now|after|from, it .. shipped|arrived|arrives, on its way, new code, your .. code|password|balance~is, saved me, that explains, that's .. all|what~i .. needed|wanted, that answers, problem solved, appreciate .. help, great help, i see it now, got it now, cancelled|canceled .. for you, scheduled for|to, you're welcome
    """,
    "promise": """
        i'll|we'll|i~will|we~will|let~me .. look~into|check|find|pass|speak|talk|ask|escalate|raise|investigate|chase|see|get .. into|on|with|it|to|manager|what|someone|supervisor, look into .. it|this|that, pass .. it|that|this|your|on .. on|to|message, escalat*, open|opened|raise|raised|log|logged .. ticket|case|complaint, manager .. will|is|has|needs|needs, i can't .. say|promise|tell|do|refund|authorize, not until, don't know .. when|what, no idea when, i promise, someone will, somebody will, investigat*, get back to you, call you back, within .. # .. days|hours, waiting on|for .. part|parts, on back order|backorder, i'm not able|allowed, nothing .. i|we can do, it's .. policy, have to .. check|ask|wait|speak
    """,
    "unhappy_end": "unacceptable, ridiculous, i'll .. complain|report|sue|review|dispute|lawyer, not good enough, this is .. joke|crazy|terrible|awful, cutting it fine, thanks for nothing, waste of .. time, never .. again, still .. waiting, i don't care, review, i hope so, better be, you'd better",
    "number": "#",
    "order_taken": "all confirmed, reference .. is|number, ?about|around # minutes, an hour .. delivery|drive, order .. placed|confirmed|in|through|number|ready, ready in .. minutes|hour, that'll be .. minutes|ready, ready .. collect*|pick*|for~you .. at|by, your total, total is|comes, we'll .. deliver|ship|have~it, put .. order .. through|in, confirmation number, you're .. signed|enrolled, welcome aboard|to~the, i'll .. ring|put .. that|it|order .. up|through|in",
    "found": "found you, found your, find you .. on|in|through|online, saw .. your|you|an|the .. ad|advert|sign|truck|van|leaflet|flyer|post|website|page|listing|video|billboard|reviews|poster|name|number|on, heard .. about|of|your|you .. on|from|through|ad|radio, recommended, recommendation, gave me .. your .. number|name|card|details, told me .. about you|to~call|you, looked .. you up, googled, came across, got your .. number|name|card|flyer|leaflet|postcard|details|email .. from|in|off|through|on, referred, your .. ad|advert|leaflet|flyer|billboard|commercial, seen .. your|you",
    "first_visit": "estimate, quote, consultation, viewing, trial, showing, tour, test drive, first .. appointment|visit|lesson|session|class",
    "follow_up": "you .. asked|requested|wanted|filled|submitted|enquired|inquired .. estimate|quote|price|form|call|information|about|online, returning your call, you left .. message|number|enquiry, following up on .. your|the .. estimate|quote|enquiry|inquiry|request",
    "asks_source": "how did you .. hear|find|come~across|know|get~our, where did you .. hear|find|see|get~our, how'd you .. hear|find, did you .. see|find|hear .. our|us|on, who .. referred|recommended|sent|told",
    "thanks": "thank|thanks|cheers|ta|appreciate, brilliant, great help",
    "goodbye": "bye, goodbye, take care, have a good, cheers, thanks .. bye, see you, ta ra, all the best, good luck",
}

# --- Amounts of money (classifiers/amounts.py, classifiers/money/) ---

AMOUNT_NUMBERS: dict[str, str] = {
    **{"1": "one", "2": "two couple", "3": "three", "4": "four fore", "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine"}, **{"10": "ten", "11": "eleven", "12": "twelve", "13": "thirteen", "14": "fourteen", "15": "fifteen", "16": "sixteen"}, **{"17": "seventeen", "18": "eighteen", "19": "nineteen", "20": "twenty", "30": "thirty", "40": "forty fourty"}, **{"50": "fifty", "60": "sixty", "70": "seventy", "80": "eighty", "90": "ninety"}, **{"x100": "hundred hundreds", "1000": "thousand thousands grand", "1000000": "million millions mil", "1000000000": "billion"},
}
"""Value to words; `x100` multiplies what stands before it."""

AMOUNT_WORDS: dict[str, str] = {
    "and": "and", "point": "point", "half": "half", "a": "a an", "of": "of", "zero": "oh zero o", "to": "to", "between": "between", "only_behind": "", "abbreviated": "sq ft hr mo approx", "inverted": "",
}
"""What words do around numbers. `only_behind`: a number or currency only behind figures; `abbreviated`: a full stop behind it ends no
sentence; `inverted`: a scale that may come before its number."""

AMOUNT_GLUED: dict[str, str] = {"1000": "k", "1000000": "m", "1000000000": "bn"}
"""Short for scales."""

AMOUNT_CURRENCIES: dict[str, str] = {
    "USD": "dollar dollars dollares buck bucks usd $", "USD 0.01 cent": "cent cents", "GBP": "pound pounds quid quids gbp £", "GBP 0.01 penny": "pence penny", "EUR": "euro euros eur €", "JPY": "yen ¥", "INR": "rupee rupees ₹", "AED": "dirham dirhams", "TRY": "lira ₺", "CHF": "francs", "KZT": "₸", "UAH": "₴", "ILS": "shekel shekels ₪",
    "CAD dollar": "canadian", "AUD dollar": "australian aussie", "NZD dollar": "zealand", "SGD dollar": "singapore", "USD dollar": "us american",
}
"""ISO code to words, with a factor where the word is a part or a multiple; `CAD dollar` are the words before dollars."""

AMOUNT_NOTES: dict[str, str] = {"GBP 10": "tenner", "GBP 5": "fiver"}
"""Words that are an amount by themselves."""

AMOUNT_PER: dict[str, str] = {
    "hour": "(a|an|per|each|every|the) (hour|hr), hourly, hr", "day": "(a|per|each|every) day, daily", "night": "(a|per|each|every) night, nightly", "week": "(a|per|each|every) week, weekly", "month": "(a|per|each|every) month, monthly, mo", "year": "(a|per|each|every) year, yearly, annually, per annum", "term": "(a|per) (term|semester)", "person": "(a|per) (person|head|guest|adult|kid|child|student), pp", "piece": "each, apiece, a piece, a pop, per (piece|item|unit), an item", "session": "(a|per|each) (session|lesson|class|treatment)", "visit": "(a|per|each) visit", "square_foot": "(a|per) (square|sq) (foot|ft|feet), a square", "square_metre": "(a|per) (square|sq) (metre|meter)", "metre": "(a|per) (metre|meter), per linear (metre|meter)", "foot": "(a|per) (foot|linear foot), per ft", "mile": "(a|per) mile", "kilo": "(a|per) (kilo|kilogram|kg)", "pound": "(a|per) (pound|lb)", "litre": "(a|per) (litre|liter|gallon)", "room": "(a|per) (room|window|door)", "page": "(a|per) page", "word": "(a|per) word", "way": "(each|one) way", "ticket": "(a|per) ticket",
}
"""The unit that a price is for, said behind it."""

AMOUNT_PER_BEFORE: dict[str, str] = {}
"""The same, said before it."""

AMOUNT_PHRASES: dict[str, str] = {
    "asks": "how much, what (does|do|would|will|did) (it|that|this|they|you|one|something like that|a|an|the) (cost|run|charge|set), what (would|will) this cost, what it cost*, what would that be, what (is|are|s) (the|your) (price*|cost*|rate*|charge*|fee*|damage|total), whats (the|your) (price*|cost*|rate*|charge*|fee*|damage|total|cheapest), what are (the|your) (rates|prices), what do (you|yall|they) charge, what you charge, cost what, this cost, the price, a price, ballpark, (a|rough) (quote|estimate|figure), whats (it|that) (gonna |going to |)(cost|run|set), what are we looking at, how (expensive|dear), what do i owe, what (does|do|did|s|would) (it|that|this|they|all that) come to, what do you ask, (it|that|they|this) come to, sort of (sum|money), day rate, what would you be for, whats it cost, whats that gonna be, how much, whats it (cost|gonna), prices, pricing",
    "not_asked": "how much (time|longer|long|space|room|notice|does it weigh|do you weigh|does he weigh|does she weigh|weight|experience|water|of a|warning|bigger|older)",
    "price": "cost*, price*, charge*, fee*, fee of, rate*, total*, total (is|comes), comes (to|out), come (to|out at), (run|runs|set) (you|about|around), starts at, starting (at|from), starts from, start at, start from, priced at, you pay, youd pay, looking at, quote*, deposit*, call out, callout, only pay, budget of, worth, owe, owes, balance, sell for, sells for, going for, on sale, special, discounted to, down to, do it for, do (that|you|them|one) for",
    "weak": "thats, that is, that will be, thatll be, itll be, it will be, thatd be, that would be, your change",
    "after": "all in, plus (tax|vat|parts|gst), including (tax|vat), inc vat, before tax, after tax, cash, flat, flat rate, upfront, up front, down payment, call out, callout, deposit",
    "not_before": "at, in, on, unit, unit (a|b|c|d), number, numbers, no, room, suite, apartment, apt, flat, floor, size, age, aged, im, hes, shes, theyre, extension, ext, code, zip, gate, exit, route, highway, interstate, chapter, level, grade, page, line, by, since, until, till, past, before, after, about half, half, quarter, quarter to, ten to, june, july, january, february, march, april, may, august, september, october, november, december, monday, tuesday, wednesday, thursday, friday, saturday, sunday, lot, bay, dock, step, version, model, serial, reference, ref, order, invoice, account, ending, year, bus, platform, gate, road, within, last, next, every, these, those, top, another, section, class, team, dial, press",
    "not_after": "am, pm, a m, p m, oclock, o clock, thirty*, minute*, min, mins, hour*, hr, hrs, day*, night*, week*, month*, year*, second*, percent, per cent, mile*, km, kilometer*, kilometre*, metre*, meter*, feet, foot, ft, inch*, inches, cm, mm, yard*, acre*, square, squares, sq, kilo*, kg, gram*, ounce*, oz, lb, lbs, stone, ton*, tonne*, litre*, liter*, gallon*, ml, pint*, degrees, people, person*, guest*, adult*, kid*, children, child, room*, bed, beds, bedroom*, bath*, window*, door*, car*, van*, truck*, dog*, cat*, cob*, horse*, of (us|them|you|those|these|my|our|the), or (three|four|five|six|so of), times, time, session*, lesson*, class*, piece*, bag*, box*, pack*, page*, word*, item*, unit*, block*, street, st, avenue, ave, road, rd, drive, lane, court, close, way, boulevard, blvd, star, stars, star*, point*, ish, fifteen, more, other*, different, things, places, guys, men, man, women, crew, branches, location*, slot*, spot*, seat*, table*, ticket*, by, th, st, nd, rd, gig*, meg*, watt*, volt*, amp*, horsepower, layer*, coat*, tooth, teeth, step*, year old, years old, yarder, seater, man tent, storey, story, floors, hundred",
    "weight": "weigh*, weight, lose, lost, losing, heavy, heavys, heavier, lb, lbs, stone, kilo*, pound dog, overweight, lift*, gain*",
    "part": "deposit*, off, discount*, down payment, bond, tip, fine, refund*, voucher, gift card, save*, saving*, insurance, excess, deductible, cover, coverage, permit",
    "yes": "yes, yeah, yep, yup, correct, thats right, right, exactly, thats correct, it is, sure",
    "others": "budget, other guy, other place*, other company, somewhere else, told me, quoted me, i paid, we paid, i was paying, charged me, gave me, i have, ive got, was quoted, wanted, last time, afford",
    "asks_maybe": "what is, whats, what are, what would, what does, what do, whatd, what sort of (sum|money|price), come to, comes to, cost, day rate, what you ask, to hold it, rate, paid, pay, price, how much",
    "leads": "its, it is, thats, that is, thatd be, itd be, itll be, that comes, were at, we re at, youre about, you re about, about, around, for, took, takes, take, ran it, youre talking, be, so, just, only",
    "follows": "with, for, and, plus, in, the, if, so, or, delivered, to, but, then, on, all, cash, it, is, i, you, we, youre, thats, that, including, installed, total, per, a, okay, but, even, less, as, now, um, uh, before, tax, stacked, upfront, down, flat, including, straight, labour, labor, vat, gone, paid, either, taxes, out the, where, how, what, did, today, one",
    "paying": "card number, card details, long number, pay now, (cash or|or) card, credit card, debit card, tap, take (a|your|the) card, the card, pay by card, out of, your change",
}
"""What makes a number an amount, or no amount. Phrases of words; `word*` has any ending."""
