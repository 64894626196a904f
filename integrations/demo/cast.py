"""The invented people: who they are, where they work, how much and how long they take part."""

from dataclasses import dataclass
from itertools import accumulate
from random import Random

from integrations.demo.works import EMPLOYERS, REPOS, Employer

DAYS = 730
# Their commits of the weekend carry an address that nobody connected with them.
STRAYS = (16, 19, 22, 28)
# Two of the core who have long been quiet; the first did most reviews of a repository,
# the second said that they would be away.
QUIET = {11: 138, 7: 145}  # how many days ago they did something last
KEEPER, KEPT, KEEPING = 11, "ember-eval", 12
ON_LEAVE = 7
GONE_LATELY = 12
FIRST_ID = 9_000_000_000_000  # far above any account number that a forge has given out

GIVEN = (
    "Ada", "Amara", "Anselm", "Bea", "Bram", "Callum", "Clio", "Dario", "Edda", "Eleni", "Emeka",
    "Farah", "Finn", "Greta", "Hana", "Idris", "Ines", "Ivo", "Jonas", "Juno", "Kaya", "Lars",
    "Leila", "Lior", "Mabel", "Marek", "Mira", "Nadia", "Noor", "Odile", "Otto", "Petra", "Quinn",
    "Rafi", "Rhea", "Rosa", "Soren", "Tamsin", "Teo", "Uma", "Viggo", "Wanda", "Yara", "Zeno",
)  # fmt: skip
FAMILY = (
    "Alderbrook", "Ashquill", "Bellwether", "Birchwick", "Candlewright", "Coppermoor", "Dunnock",
    "Eiderdown", "Fernsby", "Fieldfare", "Gristmill", "Hazelmere", "Ironbark", "Juniperhill",
    "Kestrelby", "Larkspur", "Millpond", "Nettlefold", "Oxbow", "Pennywhistle", "Quayle-Marsh",
    "Rushlight", "Sandpiper", "Thistledown", "Underwillow", "Vellacott-Rye", "Wexcombe",
    "Yarrowby",
)  # fmt: skip
SURNAMES = (
    ("林", "lin"), ("陈", "chen"), ("苏", "su"), ("陆", "lu"), ("顾", "gu"), ("沈", "shen"),
    ("叶", "ye"), ("温", "wen"), ("白", "bai"), ("江", "jiang"), ("秦", "qin"), ("许", "xu"),
    ("孟", "meng"), ("夏", "xia"), ("乔", "qiao"), ("唐", "tang"),
)  # fmt: skip
NAMES = (
    ("听雨", "tingyu"), ("望舒", "wangshu"), ("知秋", "zhiqiu"), ("映川", "yingchuan"),
    ("采薇", "caiwei"), ("长风", "changfeng"), ("若溪", "ruoxi"), ("星野", "xingye"),
    ("怀瑾", "huaijin"), ("栖梧", "qiwu"), ("小满", "xiaoman"), ("牧之", "muzhi"),
    ("青禾", "qinghe"), ("云岫", "yunxiu"), ("子衿", "zijin"), ("归舟", "guizhou"),
)  # fmt: skip
ZONES = {"zh": (480,), "en": (-480, -300, -180, 0, 60, 60, 120, 330, 600)}


@dataclass(frozen=True, slots=True)
class Level:
    """How much somebody does: share of the cast, weight in each draw, length of stay in days."""

    name: str
    share: float
    energy: tuple[float, float]
    stay: tuple[int, int]


LEVELS = (
    Level("core", 0.1, (7.0, 16.0), (DAYS, DAYS)),
    Level("regular", 0.28, (1.5, 5.0), (200, 700)),
    Level("casual", 0.37, (0.3, 1.1), (50, 300)),
    Level("passing", 0.25, (0.05, 0.15), (7, 50)),
)


@dataclass(frozen=True, slots=True)
class Post:
    """An employer from one day of the story until the next post; none means independent."""

    employer: Employer | None
    since: int


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the invented community; days count from the beginning of the story."""

    number: int
    login: str
    name: str
    language: str
    level: str
    energy: float
    joined: int
    left: int
    zone: int
    hour: float  # of the local day around which they work
    homes: tuple[str, ...]
    posts: tuple[Post, ...]  # empty: nobody knows
    addresses: tuple[str, ...]  # one per post, or a private one
    is_bot: bool = False

    def is_there(self, day: int) -> bool:
        return self.joined <= day < self.left

    def address_on(self, day: int) -> str:
        """The mail address that commits of this day carry."""
        found = self.addresses[0]
        for post, address in zip(self.posts, self.addresses, strict=False):
            if post.since <= day:
                found = address
        return f"home.{found}" if self.number in STRAYS and day % 7 > 4 else found


BOTS = (("tidy-bot[bot]", "tidy-bot"), ("lockstep[bot]", "lockstep"), ("gauge-ci[bot]", "gauge"))


def make_cast(rng: Random, size: int) -> list[Member]:
    """People of all levels, the most active first, and the three bots at the end."""
    logins: set[str] = set()
    members = [make_member(rng, number, size, logins) for number in range(size)]
    return members + [make_bot(size + index, *names) for index, names in enumerate(BOTS)]


def make_member(rng: Random, number: int, size: int, logins: set[str]) -> Member:
    """One person; the first numbers are the core."""
    level = level_of(number / size)
    posts = make_posts(rng)
    first = posts[0].employer if posts else None
    language = "zh" if rng.random() < (first.chinese if first else 0.4) else "en"
    name, login = fresh_name(rng, language, logins)
    joined, left = stay_of(rng, number, level)
    return Member(
        number=number,
        login=login,
        name=name,
        language=language,
        level=level.name,
        energy=rng.uniform(*level.energy),
        joined=joined,
        left=left,
        zone=rng.choice(ZONES[language]),
        hour=rng.choice((10.5, 14.5, 15.5, 20.5)),
        homes=homes_of(rng, number),
        posts=posts,
        addresses=tuple(address(rng, login, post.employer) for post in posts)
        or (f"{login}@letterbox.example",),
    )


def stay_of(rng: Random, number: int, level: Level) -> tuple[int, int]:
    """The days on which somebody comes and goes; of the core most founded, a fifth went lately."""
    if level.name != "core":
        joined = rng.randint(0, DAYS - 9)
        return joined, joined + rng.randint(*level.stay)
    joined = rng.randint(60, 420) if number % 5 == 3 else 0
    lately = rng.randint(35, 90) if number % 5 == 2 else 0
    if number in QUIET:
        return joined, DAYS - QUIET[number]
    return joined, DAYS - lately if number == GONE_LATELY else DAYS + 1


def level_of(position: float) -> Level:
    """The level of somebody who stands at this share of the cast."""
    for level, end in zip(LEVELS, accumulate(level.share for level in LEVELS), strict=True):
        if position < end:
            return level
    return LEVELS[-1]


def make_posts(rng: Random) -> tuple[Post, ...]:
    """Four in five tell where they work; some of those changed once."""
    draw = rng.random()
    if draw < 0.17:
        return ()
    if draw < 0.29:
        return (Post(None, 0),)
    first, second = rng.choices(EMPLOYERS, [one.weight for one in EMPLOYERS], k=2)
    if rng.random() < 0.15 and first is not second:
        return (Post(first, 0), Post(second, rng.randint(150, DAYS - 120)))
    return (Post(first, 0),)


def fresh_name(rng: Random, language: str, logins: set[str]) -> tuple[str, str]:
    """A name and a login that nobody has yet."""
    while True:
        if language == "zh":
            (family, latin), (given, spelled) = rng.choice(SURNAMES), rng.choice(NAMES)
            name, login = f"{family}{given}", f"{latin}-{spelled}"
        else:
            first, last = rng.choice(GIVEN), rng.choice(FAMILY)
            name, login = f"{first} {last}", f"{first}-{last}".lower()
        if login not in logins:
            logins.add(login)
            return name, login


def homes_of(rng: Random, number: int) -> tuple[str, ...]:
    """The repositories somebody works in; the core is spread so that each has some."""
    names = [repo.name for repo in REPOS]
    first = names[number % len(names)]
    others = rng.sample(names, rng.choice((0, 1, 1, 2, 3)))
    return tuple(dict.fromkeys([first, *others]))


def address(rng: Random, login: str, employer: Employer | None) -> str:
    """The mail address at an employer, or a private one."""
    domain = rng.choice(employer.domains) if employer else "letterbox.example"
    return f"{login}@{domain}"


def make_bot(number: int, login: str, name: str) -> Member:
    """An account that is a program."""
    return Member(
        number=number,
        login=login,
        name=name,
        language="en",
        level="bot",
        energy=0,
        joined=0,
        left=DAYS + 1,
        zone=0,
        hour=3,
        homes=(),
        posts=(),
        addresses=(f"{number}+{name}@bots.example",),
        is_bot=True,
    )
