"""The six English stories that are spoken: who says what, and all that a phone system would know of each call.

All names, firms and addresses are invented. Phone numbers are from +1 202 555 0100 to 0199, which are kept for fiction.
"""

from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["agent", "caller"]


@dataclass(frozen=True, slots=True)
class Line:
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Sound:
    """How a story is spoken and stored. Voices are flite's."""

    agent_voice: str
    caller_voice: str
    suffix: str = ".ogg"
    codec: str = "libopus"
    rate: int = 16_000
    bit_rate: int | None = 32_000
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """What a listener would tag, and the verdict that follows with this call's tracking."""

    stated_channels: tuple[str, ...]
    lead_quality: str
    outcome: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Story:
    """One spoken call. `facts` lacks what follows from the sound: when it was answered and for how long they talked."""

    name: str
    script: str
    sound: Sound
    facts: dict[str, Any]
    expected: Expected

    @property
    def lines(self) -> tuple[Line, ...]:
        return read_script(self.script)


def read_script(script: str) -> tuple[Line, ...]:
    """Lines such as `caller: Hello.`; empty ones are skipped. Raises ValueError for any other speaker."""
    lines = []
    for row in filter(None, map(str.strip, script.splitlines())):
        role, _, text = row.partition(":")
        if role not in ("agent", "caller"):
            raise ValueError(f"{row!r} begins with neither 'agent:' nor 'caller:'")
        lines.append(Line("agent" if role == "agent" else "caller", text.strip()))
    return tuple(lines)


AWB_ANSWERS = Sound(agent_voice="awb", caller_voice="rms")
RMS_ANSWERS = Sound(agent_voice="rms", caller_voice="awb")
AS_MP3 = Sound(agent_voice="awb", caller_voice="rms", suffix=".mp3", codec="libmp3lame", bit_rate=64_000)
TELEPHONE = Sound(agent_voice="awb", caller_voice="rms", suffix=".wav", codec="pcm_mulaw", rate=8_000, bit_rate=None)
ONE_CHANNEL = Sound(agent_voice="awb", caller_voice="rms", mono=True)

GOOGLE_AD = Story(
    name="01-google-ad",
    sound=AWB_ANSWERS,
    script="""
        agent: Good morning, and thank you for calling Riverside Plumbing. How can I help you?
        caller: Good morning. My water heater is broken, and I need a plumber today.
        agent: I am sorry to hear that. How did you find us?
        caller: I saw your advertisement on google this morning.
        agent: We can come this afternoon at two o'clock. Would you like an appointment?
        caller: Yes, please. I would like to book an appointment for two o'clock.
        agent: Very good. What is your address?
        caller: Forty two Maple Street. There is a lot of water on the floor.
        agent: You have an appointment at two o'clock. The visit costs ninety dollars.
        caller: That is fine. Thank you very much. Goodbye.
    """,
    facts={
        "started_at": "2026-03-02T09:14:05-05:00",
        "caller_number": "+12025550143",
        "dialled_number": "+12025550101",
        "agent": "Daniel",
        "branch": "Riverside Plumbing",
        "ring_seconds": 6.0,
        "hold_seconds": 0.0,
        "tracking": {
            "source": "google",
            "medium": "cpc",
            "campaign": "emergency-plumber",
            "keyword": "water heater leaking",
            "landing_page": "https://riverside-plumbing.example/emergency",
            "click_ids": {"gclid": "sample-gclid-0001"},
            "session_id": "sample-session-01",
            "client_id": "1100000001.1772460700",
            "consent": {"ad_user_data": "granted", "ad_personalization": "granted"},
            "touchpoints": [
                {
                    "at": "2026-03-02T09:11:48-05:00",
                    "source": "google",
                    "medium": "cpc",
                    "campaign": "emergency-plumber",
                    "keyword": "water heater leaking",
                    "landing_page": "https://riverside-plumbing.example/emergency",
                    "click_ids": {"gclid": "sample-gclid-0001"},
                }
            ],
        },
    },
    expected=Expected(("google_ads",), "hot", "appointment_booked", "agrees"),
)

NEIGHBOR = Story(
    name="02-neighbor",
    sound=RMS_ANSWERS,
    script="""
        agent: Thank you for calling Green Valley Landscaping. How may I help you?
        caller: Hello. I would like to know how much you charge to cut the grass.
        agent: Sure. How did you hear about us?
        caller: My neighbor recommended your company. You work in her garden every week.
        agent: That is good to hear. How big is your yard?
        caller: It is about half an acre, with a few trees in the back.
        agent: For half an acre, the price is sixty dollars a week.
        caller: Okay. I am going to compare prices with some other companies. I have to think about it.
        agent: Of course. Take your time.
        caller: Thank you for the information. Goodbye.
    """,
    facts={
        "started_at": "2026-03-03T15:40:22-05:00",
        "caller_number": "+12025550117",
        "dialled_number": "+12025550102",
        "agent": "Marcus",
        "branch": "Green Valley Landscaping",
        "ring_seconds": 9.0,
        "hold_seconds": 0.0,
        "tracking": {
            "source": "google",
            "medium": "cpc",
            "campaign": "lawn-care-spring",
            "keyword": "lawn mowing near me",
            "landing_page": "https://green-valley.example/lawn-care",
            "click_ids": {"gclid": "sample-gclid-0002"},
            "session_id": "sample-session-02",
            "client_id": "1100000002.1772568900",
            "consent": {"ad_user_data": "granted"},
            "touchpoints": [
                {
                    "at": "2026-03-03T15:37:09-05:00",
                    "source": "google",
                    "medium": "cpc",
                    "campaign": "lawn-care-spring",
                    "keyword": "lawn mowing near me",
                    "landing_page": "https://green-valley.example/lawn-care",
                    "click_ids": {"gclid": "sample-gclid-0002"},
                }
            ],
        },
    },
    expected=Expected(("referral",), "warm", "quote_given", "conflicts"),
)

TRUCK = Story(
    name="03-truck",
    sound=TELEPHONE,
    script="""
        agent: Good afternoon, this is the painting company. What can I do for you?
        caller: Hi there. I saw your truck on my street this morning, and I wrote down the number.
        agent: Great. What do you need us to do?
        caller: I need somebody to paint my house. How much would that cost?
        agent: I do not know the price, but the manager will call you back tomorrow morning.
        caller: Yes, please. He can call me back at this number.
        agent: Thank you. He will call you tomorrow.
        caller: Thank you. Goodbye.
    """,
    facts={
        "started_at": "2026-03-04T13:05:51-05:00",
        "caller_number": "+12025550162",
        "dialled_number": "+12025550103",
        "agent": "Frank",
        "branch": "Summit House Painting",
        "ring_seconds": 11.0,
        "hold_seconds": 0.0,
        "tracking": {},
    },
    expected=Expected(("vehicle",), "warm", "callback_agreed", "fills"),
)

COMPLAINT = Story(
    name="04-complaint",
    sound=ONE_CHANNEL,
    script="""
        agent: Thank you for calling Brightway Carpet Cleaning. How can I help you today?
        caller: I am calling to complain. You cleaned my carpets last week, and now there is a big stain.
        agent: I am very sorry to hear that. Can you tell me your name, please?
        caller: My name is Robert King. I have been a customer for five years, and I am very disappointed.
        agent: I understand. I will talk to the manager, and we will call you by Friday.
        caller: I have already called you twice, and nobody has done anything. I want my money back.
        agent: I am sorry, sir. I cannot give you a refund, but I will make a note of your complaint.
        caller: I am not happy with your service. I will wait until Friday.
        agent: Thank you for your patience. Goodbye.
    """,
    facts={
        "started_at": "2026-03-05T10:22:30-05:00",
        "caller_number": "+12025550188",
        "dialled_number": "+12025550104",
        "agent": "Peter",
        "branch": "Brightway Carpet Cleaning",
        "ring_seconds": 14.0,
        "hold_seconds": 0.0,
        "tracking": {
            "source": "google",
            "medium": "organic",
            "landing_page": "https://brightway.example/contact",
            "session_id": "sample-session-04",
            "client_id": "1100000004.1772724000",
        },
    },
    expected=Expected((), "not_a_lead", "service_unresolved", "unstated"),
)

WRONG_NUMBER = Story(
    name="05-wrong-number",
    sound=AS_MP3,
    script="""
        agent: Good morning, Park Street Dental Clinic. How can I help you?
        caller: Hello. I would like to order two large pizzas.
        agent: I am sorry, this is a dentist. We do not have pizza here.
        caller: Oh, is this not the restaurant on Park Street?
        agent: No, sir. You have called the dental clinic. I think you have the wrong number.
        caller: I am sorry. I have the wrong number.
        agent: That is all right. It happens all the time. Have a good day.
        caller: Thank you. Goodbye.
    """,
    facts={
        "started_at": "2026-03-06T11:58:12-05:00",
        "caller_number": "+12025550129",
        "dialled_number": "+12025550105",
        "agent": "Alan",
        "branch": "Park Street Dental Clinic",
        "ring_seconds": 4.0,
        "hold_seconds": 0.0,
        "tracking": {},
    },
    expected=Expected((), "not_a_lead", "no_conversation", "unstated"),
)

OUT_OF_AREA = Story(
    name="06-out-of-area",
    sound=RMS_ANSWERS,
    script="""
        agent: Hello, Hilltop Tree Service. How can I help you?
        caller: Hello. I found you on facebook. A tree fell on my garage last night. Can you take it away?
        agent: Maybe we can. Where do you live?
        caller: I live in Denver, about two hours from your office.
        agent: I am sorry, we do not go that far. That is outside of our service area.
        caller: I see. Can you make an exception? I will pay for the gas.
        agent: No, I am sorry. We only work here in the city, so we cannot help you.
        caller: All right. I will call somebody else then. Thank you anyway.
        agent: I am sorry about that. Good luck with the tree.
    """,
    facts={
        "started_at": "2026-03-07T08:31:44-07:00",
        "caller_number": "+12025550174",
        "dialled_number": "+12025550106",
        "agent": "Victor",
        "branch": "Hilltop Tree Service",
        "ring_seconds": 7.0,
        "hold_seconds": 0.0,
        "tracking": {
            "source": "google",
            "medium": "organic",
            "landing_page": "https://hilltop-trees.example/",
            "session_id": "sample-session-06",
            "client_id": "1100000006.1772897000",
            "touchpoints": [
                {
                    "at": "2026-03-06T20:12:03-07:00",
                    "source": "facebook",
                    "medium": "paid_social",
                    "campaign": "storm-damage",
                    "landing_page": "https://hilltop-trees.example/storm",
                    "click_ids": {"fbclid": "sample-fbclid-0006"},
                },
                {
                    "at": "2026-03-07T08:29:40-07:00",
                    "source": "google",
                    "medium": "organic",
                    "landing_page": "https://hilltop-trees.example/",
                },
            ],
        },
    },
    expected=Expected(("facebook",), "cold", "lost", "assists"),
)

SPOKEN = (GOOGLE_AD, NEIGHBOR, TRUCK, COMPLAINT, WRONG_NUMBER, OUT_OF_AREA)
