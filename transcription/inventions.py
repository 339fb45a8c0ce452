"""What Whisper learned from film subtitles and writes where nobody speaks, in three languages.

Each form is a whole utterance with silence around it, without its punctuation: inside an answer the same words are
speech. Forms end where a person would go on: `спасибо за просмотр` is an ending, `спасибо за просмотр квартиры` is not.
"""

import re
from collections.abc import Sequence

_DAY = r"(?!(tomorrow|today|tonight|noon|then|the end|next|mon|tues|wednes|thurs|fri|satur|sun|end of|\d))"
"""`Translated by Friday` is an answer."""
_ENGLISH = (
    r"(okay |ok |so |all right )?(thanks|thank you)( all| guys| everyone| everybody)?( so much| very much)?"
    r" for (watching|viewing)( (this|the|my|our) videos?)?( and .{0,40}\b(subscribe|next (video|one|time))\b.{0,20})?",
    r"(and )?(i will |i'll |we'll )?see you( all| guys)? in (the|my|our) next (video|episode)( bye( bye)?)?",
    r"((please|and|so|don't forget to|remember to|make sure to) ){0,2}(like (and )?((comment|share) (and )?){0,2})?"
    r"subscribe( (to|for) (my|our|the|this) channel| for more videos?)?"
    r"( and .{0,20}\b(bell|like|comment|next video)\b.{0,20})?",
    rf"subtitles? (created |made |provided )?by {_DAY}\S+( \S+){{0,5}}",
    rf"(closed )?captions? (provided )?by {_DAY}\S+( \S+){{0,4}}",
    rf"(transcribed|transcription|translated) by( https?)? {_DAY}\S+( \S+){{0,4}}",
    r"transcript(ion)? (emily beynon|outsourcing llc)",
    r".*\bamara org\b.*",
    r"(www )?(mooji org|zeoranger co uk|beadaholique com)",
)
_RUSSIAN = (
    r"субтитры( и \w+)? (сдела|созда|создава|подогна|подготови|добави|дела|предостави)л[аи]? \S+( \S+)?",
    r"субтитры (от|by) \S+( \S+)?",
    r"(перевод|субтитры) и (перевод|субтитры|озвучка|редактирование)( \S+){0,3}",
    r"редактор субтитров( \S+){0,3}( корректор( \S+){0,3})?",
    r"корректор( \S)? ?егорова",
    r"(смотрите )?продолжение (следует|во второй части|в следующей (части|серии))",
    r"(всем )?спасибо( всем| вам| большое)? за просмотр( (этого )?(видео|ролика))?"
    r"( и (до (новых )?встреч|не забу|подпи|став).{0,40})?",
    r"спасибо за субтитры( \S+){0,3}",
    r"до (встречи|свидания) в (следующем|новом|следующих|новых) (видео|выпуске|ролике|выпусках|роликах|серии)",
    r"(и )?(не забудьте |не забывайте )?под(писывайтесь|писаться|писывайся|пишитесь|пишись) на (наш |мой |этот )?канал"
    r"( и (став|нажи|жми|не забу).{0,40})?",
    r"(и )?став(ьте|ь|ить) лайки?( и (подпи|пиши).{0,40})?",
    r"пишите в комментариях",
    r"девушки отдыхают( девушки)?",
    r"dimatorzok",
)
_THANKS = r"(ممنون|ممنونم|ممنونیم|متشکر|متشکرم|متشکریم|مرسی|با سپاس|سپاسگزارم|سپاسگزاریم|با تشکر|تشکر)"
_FILM = r"(این )?(ویدیو|ویدئو|ویدیوی|ویدئوی|فیلم|برنامه|کلیپ|قسمت)( من| ما| را| رو)*"
_PERSIAN = (
    r"(ترجمه و |مترجم و )?زیر ?نویس( شده| کننده)?( و ترجمه)? (از|توسط) \S+( \S+){0,3}",
    r"(ترجمه و زیر ?نویس|زیر ?نویس و ترجمه|مترجم و زیر ?نویس)( \S+){0,4}",
    rf"(خیلی )?{_THANKS} (از )?(این ?)?که {_FILM} (تماشا|نگاه|دنبال) (کردید|کردین|می ?کنید)",
    rf"(خیلی )?{_THANKS} (از )?(این ?)?که (ما را |ما رو )?تماشا (کردید|کردین|می ?کنید)",
    rf"(خیلی )?{_THANKS} (از|برای) (تماشا|تماشای|دیدن)( شما| {_FILM})?",
    rf"از تماشای( شما| {_FILM}) {_THANKS}",
    rf"از این ?که {_FILM} (تماشا|نگاه|دنبال) (کردید|کردین) {_THANKS}",
    r"(لطفا |حتما )?(کانال|چنل)( یوتیوب)?( ما| من| مون)?( را| رو)? (لایک و )?(سابسکرایب|سابسکرایپ)"
    r"( کنید| کنین| یادتون نره)?",
    r"(لایک و )?(سابسکرایب|سابسکرایپ)( کنید| کنین| یادتون نره| فراموش نشه)?",
    rf"تا {_FILM} ?بعدی?( خدانگهدار| خداحافظ)?",
)
_KNOWN = re.compile("|".join(f"(?:{form})" for form in (*_ENGLISH, *_RUSSIAN, *_PERSIAN)))

_SOUND = (
    r"(music|applause|laughter|silence|bell rings|phone ringing|ringing|beep|noise"
    r"|музыка|аплодисменты|смех|тишина|звонок|гудок|гудки|шум)"
)
_MARKED = re.compile(r"\s*([\[(*♪♫][^\[\]()*]*[\])*♪♫]|[♪♫\s]+)\s*")
_DESCRIBED = re.compile(rf"(\w+ ){{0,2}}{_SOUND}( \w+){{0,2}}")


def is_known(words: Sequence[str]) -> bool:
    """These words, with their punctuation, are nothing but a form that Whisper is known to invent."""
    return _KNOWN.fullmatch(plain(" ".join(words))) is not None


def is_described(words: Sequence[str]) -> bool:
    """They tell of a sound and are no speech: `[Music]`, `♪`, `СПОКОЙНАЯ МУЗЫКА`."""
    text = " ".join(words)
    if _MARKED.fullmatch(text):
        return True
    return text.isupper() and len(words) > 1 and _DESCRIBED.fullmatch(plain(text)) is not None


def plain(text: str) -> str:
    """Small letters and single spaces. Persian is written with and without the joiner, and with Arabic letters."""
    text = text.lower().replace("\u200c", " ").replace("ي", "ی").replace("ك", "ک").replace("ё", "е")
    return " ".join(re.sub(r"[^\w']", " ", text).split())
