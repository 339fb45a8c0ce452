"""The Russian and the Persian call: no voice here speaks them freely, so they come as finished transcripts.

Invented like the spoken ones. Neither country keeps phone numbers for fiction: these have area codes
that nobody has, of zeros.
"""

from dataclasses import dataclass
from typing import Any

from stories import Expected, Line, read_script


@dataclass(frozen=True, slots=True)
class Delivered:
    """One call that a phone system has already written down."""

    name: str
    language: str
    script: str
    facts: dict[str, Any]
    expected: Expected

    @property
    def lines(self) -> tuple[Line, ...]:
        return read_script(self.script)


AVITO = Delivered(
    name="07-avito",
    language="ru",
    script="""
        agent: Сервис «Тёплый дом», Ольга, здравствуйте!
        caller: Здравствуйте. Стиральная машина не сливает воду, барабан полный. Вы такое чините?
        agent: Да, конечно. Какая марка и сколько ей лет?
        caller: Бош, лет семь. Вчера ещё работала, а сегодня гудит и встала.
        agent: Похоже на насос. Подскажите, а как вы о нас узнали?
        caller: На Авито ваше объявление увидел, там отзывы хорошие.
        agent: Спасибо, приятно. Выезд бесплатный, если ремонтируем. Насос с заменой выйдет около четырёх тысяч.
        caller: Нормально. А сегодня мастер может приехать?
        agent: Сегодня с шести до восьми вечера есть окно. Записать вас?
        caller: Да, записывайте. Улица Садовая, дом двенадцать, квартира сорок.
        agent: Записала: сегодня с шести до восьми, мастер Сергей. Он позвонит за полчаса.
        caller: Хорошо, жду. Спасибо!
        agent: До свидания!
    """,
    facts={
        "started_at": "2026-03-10T11:47:19+03:00",
        "caller_number": "+70000000007",
        "dialled_number": "+70000000107",
        "agent": "Ольга",
        "branch": "Тёплый дом",
        "ring_seconds": 8.0,
        "hold_seconds": 0.0,
        "tracking": {
            "source": "yandex",
            "medium": "cpc",
            "campaign": "remont-stiralnyh-mashin",
            "keyword": "ремонт стиральных машин на дому",
            "landing_page": "https://teply-dom.example/stiralnye-mashiny",
            "click_ids": {"yclid": "sample-yclid-0007"},
            "session_id": "sample-session-07",
            "client_id": "1773131900000000007",
            "touchpoints": [
                {
                    "at": "2026-03-10T11:43:02+03:00",
                    "source": "yandex",
                    "medium": "cpc",
                    "campaign": "remont-stiralnyh-mashin",
                    "keyword": "ремонт стиральных машин на дому",
                    "landing_page": "https://teply-dom.example/stiralnye-mashiny",
                    "click_ids": {"yclid": "sample-yclid-0007"},
                }
            ],
        },
    },
    expected=Expected(("avito",), "hot", "appointment_booked", "conflicts"),
)

INSTAGRAM = Delivered(
    name="08-instagram",
    language="fa",
    script="""
        agent: قنادی گل‌نار، بفرمایید.
        caller: سلام، وقت بخیر. برای جمعه یه کیک تولد می‌خواستم، دو کیلویی.
        agent: سلام، در خدمتم. چه طعمی دوست دارین؟
        caller: شکلاتی با موز. روش هم می‌خوام بنویسین «سارا جان تولدت مبارک».
        agent: حتماً. ما رو از دیوار پیدا کردین؟
        caller: نه، تو اینستاگرام دیدمتون، عکس کیک‌هاتون خیلی قشنگ بود.
        agent: لطف دارین. کیک دو کیلویی شکلاتی می‌شه یک میلیون و چهارصد هزار تومن.
        caller: خوبه، سفارشم رو ثبت کنین لطفاً. الان کارت به کارت کنم؟
        agent: بله، نصفش بیعانه‌ست. شماره کارت رو براتون پیامک می‌کنم.
        caller: باشه، همین الان واریز می‌کنم. جمعه ساعت چند آماده‌ست؟
        agent: ساعت چهار بعدازظهر آماده‌ست. سفارشتون ثبت شد.
        caller: خیلی ممنون، خداحافظ.
        agent: خداحافظ شما.
    """,
    facts={
        "started_at": "2026-03-11T17:26:40+03:30",
        "caller_number": "+980000000008",
        "dialled_number": "+980000000108",
        "agent": "نرگس",
        "branch": "قنادی گل‌نار",
        "ring_seconds": 10.0,
        "hold_seconds": 0.0,
        "tracking": {
            "source": "instagram",
            "medium": "social",
            "campaign": "birthday-cakes",
            "landing_page": "https://golnar-cakes.example/order",
            "session_id": "sample-session-08",
            "client_id": "1100000008.1773237200",
            "touchpoints": [
                {
                    "at": "2026-03-11T17:20:15+03:30",
                    "source": "instagram",
                    "medium": "social",
                    "campaign": "birthday-cakes",
                    "landing_page": "https://golnar-cakes.example/order",
                }
            ],
        },
    },
    expected=Expected(("instagram",), "hot", "sale_closed", "agrees"),
)

DELIVERED = (AVITO, INSTAGRAM)
