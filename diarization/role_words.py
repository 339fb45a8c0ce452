"""What tells an agent from a caller, and a machine from both: patterns by language, no logic.

Matched against lower-case text without punctuation, with Russian ё as е and Persian letters in one form. The weight
is how strongly one hit speaks for the role; a hit counts once for each turn.
"""

# ruff: noqa: E501 - one pattern a line

Cue = tuple[str, float]

AGENT: dict[str, tuple[Cue, ...]] = {
    "en": (
        (r"\b(thanks?( you)?|you) (so much )?for calling\b", 3.0),
        (r"\b(how|what) (can|may|could|might) (i|we) (help|do for|assist)\b", 3.0),
        (r"\b(can|may) i help( you)?\b|\bhelp you( today)?$|\bhow (can|may) i direct your call\b", 2.0),
        (r"\bthis is [a-z']+( speaking)?$|\b[a-z']+ speaking\b", 1.0),
        (r"\bhow did you (hear|find|come across|learn|get)\b|\bwhere did you (hear|find|see|get)\b", 3.0),
        (r"\bwho (recommended|referred|sent) you\b|\bwas it (on )?(google|facebook|a friend)\b", 2.0),
        (
            r"\bwhat('s| is| was)? (is )?(your|the) (full |last |first |home |street )?(name|address|post ?code|zip)\b",
            2.0,
        ),
        (
            r"\b(can|could|may) i (get|have|take|grab) (your|a|the)( \w+)? (name|number|address|email|post ?code|zip)\b",
            2.5,
        ),
        (r"\b(your|the) (best )?(phone|callback|contact) number\b|\bcan you (spell|tell me your)\b", 1.5),
        (r"\bwhere (do you live|are you (located|based|calling from))\b", 2.0),
        (r"\bwe('ll| will| can| could) (send|come|be there|have someone|get someone|fit you|do it|call you)\b", 1.5),
        (r"\b(we|i) (have|'ve got|can do|got) (an? )?(opening|slot|availability|you down)\b|\byou down for\b", 1.5),
        (r"\b(our|the) (technician|tech|engineer|team|crew|estimator)( will| can|'ll)\b", 1.5),
        (r"\b(i('ll| will| can) (book|put|pencil|schedule|sign) you|you('re| are) (all set|booked))\b", 2.0),
        (r"\b(that('d| would|'ll| will) be|the price is|it('s| is) going to be|we charge|starts? at)\b", 1.0),
        (r"\bwe (do|don't|do not|only) (do|offer|sell|cover|go|work|service|have)\b|\bour service area\b", 1.0),
        (r"\b(have|what|which) (size|make|model|year|colour|color|kind of|day|time)\b", 0.5),
        (r"\b(is there )?anything else (i can|we can|you need)\b|\bhave a (good|great|nice) (day|one|rest)\b", 1.0),
        (r"\b(calling|ringing) (you )?from\b|\bon behalf of\b|\bi('ll| will) (transfer|put you through)\b", 1.5),
    ),
    "ru": (
        (r"\bчем (я |мы )?(могу|можем) (вам )?(помочь|быть полез)|\bслушаю вас\b|\bвас слушает\b", 3.0),
        (r"\b(спасибо|благодарим?) за (звонок|обращение)\b|\bкомпания\b.*\b(здравствуйте|добрый)\b", 2.0),
        (r"\b(откуда|как) (вы )?(о нас |про нас |нас |на нас )?(узнали|нашли|услышали|вышли)\b", 3.0),
        (r"\b(как (к вам|вас) (могу )?(обращаться|зовут)|как зовут|представьтесь|ваше имя|на чье имя)\b", 2.5),
        (
            r"\b(какой|подскажите|назовите|диктуйте|ваш) (у вас )?(ваш )?(адрес|номер телефона|телефон)\b|\bадрес\b$",
            2.0,
        ),
        (r"\b(куда|какой район|в каком районе|где вы находитесь|вы где)\b", 1.0),
        (r"\b(запишу|записал[аи]?|записываю|оформлю|записать) (вас|вам|на)\b|\bзаписываю\b", 2.0),
        (r"\bмастер (приедет|подъедет|будет|перезвонит|свяжется|наберет)\b|\bнаш (мастер|специалист|замерщик)\b", 2.0),
        (r"\b(стоит|стоимость|цена|выходит|обойдется|получится) (будет |от |около |в )?(\d|\w+ (тысяч|рублей))", 1.5),
        (r"\b(у нас|мы) (есть|не (делаем|работаем|занимаемся)|делаем|работаем|можем|занимаемся)\b", 1.0),
        (r"\b(какая|какой|какое|сколько) (у вас )?(площадь|метраж|размер|марка|модель|год|метров|квадратов)\b", 1.5),
        (r"\bвас интересует\b|\bвам (удобно|подойдет)\b|\b(на какое|какое) время\b|\bчто (у вас )?случилось\b", 1.5),
        (r"\b(звоню|беспокоит|беспокоят|звоним) (вам )?(из|от|компания)\b|\bвсего доброго\b|\bждем вас\b", 1.0),
    ),
    "fa": (
        (r"(بفرمایید|بفرمایین|بفرماید|در خدمتم|در خدمتیم|در خدمت شما|چه کمکی|کمکی از (من|دست)|امرتون)", 2.0),
        (
            r"(چطور|چجوری|چه جوری|چگونه|از کجا|از کی|کجا) (با |شماره |شماره ی )?(ما |مارو |ما رو |ما را )?(اشنا|پیدا|شنیدی|شماره|دیدی)",
            3.0,
        ),
        (r"از کجا (اشنا|معرفی|شماره)|کی معرفی|معرفتون|معرف شما", 2.5),
        (r"(اسمتون|اسم شریف|اسم شما|نام شما|فامیلیتون|خانم یا اقای|به نام کی)", 2.5),
        (
            r"(ادرستون|ادرس شما|ادرس دقیق|ادرسو بگی|ادرس بفرما|شماره تماستون|شماره تماس شما|شمارتون|کدوم منطقه|کدوم محله|کجا هستید)",
            2.0,
        ),
        (r"(چند متره|متراژ|چند متر|مدلش چیه|چه مدلی|چه مارکی|مشکلش چیه|چند نفر|چه ساعتی|چه روزی)", 1.5),
        (r"(براتون|خدمتتون|برای شما) (می شه|میشه|ثبت|یادداشت|رزرو|می فرست|میفرست|نوبت|هماهنگ|وقت|ارسال)", 1.5),
        (r"(همکارم|همکارمون|همکاران|کارشناس|تکنسین|استاد ?کار|سرویس ?کار)", 1.5),
        (r"(ثبت شد|ثبت کردم|یادداشت کردم|رزرو شد|هماهنگ می ?کن|نوبت می ?د|وقت می ?د|اعزام)", 1.5),
        (r"(هزینه ?ش|قیمتش|هزینه ی) .*(تومن|تومان|میلیون|هزار)|(ما (نداریم|انجام نمی ?دیم))", 1.0),
        (r"(از شرکت|از طرف شرکت|تماس می ?گیرم خدمتتون|ممنون از تماس|ممنون که تماس)", 1.5),
    ),
}

CALLER: dict[str, tuple[Cue, ...]] = {
    "en": (
        (r"\bi('m| am) (calling|ringing|phoning) (about|because|to|for|regarding|in regard|with)\b", 2.5),
        (r"\bi (saw|found|got|heard|seen) (you|your|about you|an? (ad|flyer|leaflet|card)|it on)\b", 3.0),
        (
            r"\b(one of )?your (ad|ads|advert|advertisement|flyer|leaflet|truck|van|sign|billboard|website|number|company)\b",
            1.5,
        ),
        (r"\b(my|a) (friend|neighbou?r|sister|brother|mother|mum|mom|dad|wife|husband|colleague|boss|cousin)\b", 1.0),
        (
            r"\bdo you (guys |folks |also |still |all )?(do|have|offer|sell|fix|repair|take|carry|install|clean|cover|service)\b",
            2.0,
        ),
        (
            r"\b(can|could) (you|somebody|someone) (guys )?(come|send|fix|repair|take|make|give me|tell me how|look)\b",
            1.5,
        ),
        (r"\bi('d| would) (like|love) (to|an?)\b|\bi('m| am) looking (for|to)\b|\bi (was wondering|wanted to)\b", 1.5),
        (r"\bi need (a|an|to|some|my|someone|somebody|you)\b|\bi (want|have got|have a problem)\b", 1.5),
        (
            r"\b(my|our) (\w+ )?(house|home|sink|heater|car|roof|boiler|carpets?|garage|kitchen|yard|toilet|tooth|furnace)\b",
            1.5,
        ),
        (
            r"\bhow much (do|does|would|is|are|will|you)\b|\bwhat do you (charge|guys charge)\b|\bare you (guys )?open\b",
            2.0,
        ),
        (r"\b(my (name|address) is|i live (in|on|at)|i('m| am) (in|over in|at))\b", 0.5),
        (r"\b(is this|have i (got|reached)|am i through to|sorry wrong number|wrong number)\b", 1.0),
        (
            r"\bi('m| am)( already)? (a|an existing) customer\b|\byou (guys )?(came|installed|did|cleaned|fixed|told|sent)\b",
            1.5,
        ),
        (r"\bi('ll| will) (think about|call (you )?back|call (some|any))", 1.0),
    ),
    "ru": (
        (r"\b(я )?(звоню|по поводу|хотел[аи]? бы|хотел[аи]? (узнать|спросить|уточнить|заказать|записаться))\b", 2.0),
        (
            r"\b(нашел|нашла|увидел[аи]?|видел[аи]?|услышал[аи]?|слышал[аи]?) (вас|вашу?|вашего|ваше|у вас|объявление|рекламу)",
            3.0,
        ),
        (r"\b(ваш[уе]?|вашего) (объявлени|реклам|сайт|листовк|машин|номер|телефон|визитк)", 2.0),
        (r"\b(мне|нам) (посоветовал|порекомендовал|дал|нуж|надо|сказал|бы)", 2.0),
        (
            r"\b(у меня|у нас) (\w+ )?(сломал|течет|потек|не работает|кварти|дом|машин|забил|сгорел|проблем|кот|ребен)",
            2.0,
        ),
        (r"\b(сколько (у вас )?(стоит|будет|это|возьмете)|какая (цена|стоимость)|почем|по (цене|стоимости))\b", 2.0),
        (
            r"\bвы (делаете|занимаетесь|работаете|принимаете|можете|ремонтируете|привозите|выезжаете|продаете|чините)\b",
            2.0,
        ),
        (r"\b(можно (ли )?(записаться|вызвать|заказать|узнать|к вам)|актуально|есть ли у вас|а у вас есть)\b", 2.0),
        (r"\b(я подумаю|перезвоню|мой адрес|меня зовут|я (живу|нахожусь))\b", 1.0),
        (r"\bя (у вас|к вам|вам)\b|\bвы (мне|нам|у нас|приезжали|ставили|делали|обещали)\b", 1.5),
    ),
    "fa": (
        (r"(خونه ما|خونمون|خونه ی ما|منزل ما|ماشینم|یخچالم|کولرم|لوله ?مون|دندونم|خونم)", 2.0),
        (r"(می ?خواستم|می ?خوام|میخاستم|لازم دارم|احتیاج دارم|نیاز دارم|زنگ زدم|تماس گرفتم|مزاحم)", 2.0),
        (r"(اگهیتون|تبلیغتون|شمارتونو|شماره تونو|سایتتون|پیجتون|کارتتون|تابلوتون|شما رو|ازتون|تبلیغ شما)", 2.0),
        (r"(دوستم|همسایه|خواهرم|برادرم|داداشم|همکارم|فامیل|پسرخاله|دخترخاله|خانومم|شوهرم)", 1.0),
        (r"(چنده|چند می ?شه|چقدر می ?شه|چقد می ?شه|قیمتش چ|هزینش چ|هزینه ?ش چ|چند در میاد|چند می ?گیرین)", 2.0),
        (
            r"(می ?تونین|میتونید|می ?تونید|میشه) (بیاین|بیایید|بفرست|یکی|بیاد|نوبت)|دارین( شما)?$|(انجام می ?دین|انجام می ?دید|تعمیر می ?کنین)",
            1.5,
        ),
        (r"(ما (داریم|هستیم)|خراب شده|خرابه|کار نمی ?کنه|گرفته|نشتی|چکه می ?کنه|سوسک)", 1.5),
        (r"(ادرسو یادداشت|یادداشت کنین|فکرامو|فکر می ?کنم بعد|خبر می ?دم|دوباره زنگ)", 1.5),
    ),
}

MACHINE: dict[str, tuple[str, ...]] = {
    "en": (
        r"\b(press|dial) (one|two|three|four|five|zero|pound|star|\d)\b",
        r"\b(this )?calls? (may|will|is|are) (be )?(being )?(recorded|monitored)\b",
        r"\b(leave|record) (a|your) (message|name)\b.*\b(tone|beep)?\b",
        r"\byou('ve| have) reached\b|\bafter the (tone|beep)\b|\bour (office|business) hours are\b",
        r"\bplease (hold|stay on the line|listen)\b.*\b(representative|menu|options|available)\b",
        r"\ball (of )?our (agents|representatives|operators|lines) are\b|\bis not available\b",
    ),
    "ru": (
        r"\bнажмите (один|два|три|ноль|решетку|звездочку|\d)",
        r"\b(разговор|звонок)\w* (может быть )?(записыва|записан)",
        r"\b(оставьте|запишите) (ваше |свое )?сообщение\b|\bпосле (звукового )?сигнала\b",
        r"\bоставайтесь на линии\b|\bвсе операторы\b|\bваш звонок очень важен\b|\bабонент (временно )?(не|недоступен)\b",
    ),
    "fa": (
        r"(عدد|شماره) .{0,12}(را |رو )?(فشار دهید|شماره گیری|وارد)",
        r"(مکالم|تماس).{0,12} ضبط می",
        r"(پیغام|پیام) (خود|خودتان|بگذارید)|پس از (شنیدن )?(بوق|صدای بوق)",
        r"(لطفا )?(منتظر بمانید|شکیبا باشید)|پشت خط|اپراتورها|مشترک مورد نظر|داخلی مورد نظر",
    ),
}
