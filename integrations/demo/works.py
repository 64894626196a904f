"""What the invented community makes: six projects and their repositories.

Nothing here exists: the community, its projects, its people and its employers
are made up, and every address ends in `.example`.
"""

from dataclasses import dataclass

COMMUNITY, OWNER = "Tallowmere", "tallowmere"
HOST = "https://forge.example"


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository and how lively it is; rates are per week, delays are medians in hours."""

    name: str
    description: str
    began: int  # days after the story begins
    issues: float
    pulls: float
    growth: tuple[float, float]  # factor at the beginning and at the end
    answer_hours: float
    review_hours: float
    release_days: int
    chinese: float  # share of what is written in Chinese
    slowing: float = 1.0  # how much slower reviews are in the last months
    version: str = "0"


@dataclass(frozen=True, slots=True)
class Work:
    """A project with what it says of itself."""

    slug: str
    name: str
    kind: str
    stage: str
    license: str
    topics: tuple[str, ...]
    summary: str
    direction: str
    scenarios: str
    core_value: str
    vision: str
    mission: str
    repos: tuple[Repo, ...]


WORKS = (
    Work(
        slug="wick",
        name="Wick",
        kind="code",
        stage="graduated",
        license="Apache-2.0",
        topics=("inference", "quantization", "serving"),
        summary="Serves language models of up to 15 billion parameters on ordinary machines.",
        direction="Fewer bytes moved per token, and the same answer on every kind of processor.",
        scenarios="A clinic without a connection, a school's single server, a laptop on a train.",
        core_value="A model that people can run themselves is a model that they can question.",
        vision="Every public library runs its own assistant.",
        mission="Make serving small models boring: one binary, one file, no surprises.",
        repos=(
            Repo("wick", "The inference server", 0, 7.5, 11, (0.7, 1.35), 5, 7, 38, 0.22),
            Repo("wick-python", "Python bindings of Wick", 120, 3, 3.6, (0.8, 1.2), 9, 11, 55, 0.2),
        ),
    ),
    Work(
        slug="ember",
        name="Ember 灯芯",
        kind="model",
        stage="incubating",
        license="Apache-2.0",
        topics=("language model", "bilingual", "7B", "大模型"),
        summary="An open bilingual language model, trained in the open from the first step.",
        direction="Better Chinese and English reasoning at seven billion parameters, not more.",
        scenarios="Help desks in two languages, questions in class, a base for small languages.",
        core_value="Data, recipe, logs and failures are published together with the weights.",
        vision="Any university can repeat a whole training run and get the same.",
        mission="Release a model every season, with all that others need to train it again.",
        repos=(
            Repo(
                "ember", "Training code and recipes", 20, 5, 6.5, (0.5, 1.5), 14, 26, 91, 0.5, 2.6
            ),
            Repo(
                "ember-eval", "Evaluation during training", 260, 2, 2.6, (0.8, 1.2), 12, 20, 80, 0.4
            ),
        ),
    ),
    Work(
        slug="reedbed",
        name="Reedbed 芦苇集",
        kind="dataset",
        stage="incubating",
        license="CC-BY-4.0",
        topics=("instruction data", "provenance", "中文语料"),
        summary="中英双语指令数据集，每一条都能追溯到来源与许可。",
        direction="先求来源清楚，再求规模：没有许可证明的样本一律不收。",
        scenarios="指令微调、偏好对齐、数据治理教学，以及对训练语料的独立审计。",
        core_value="贡献者的名字与样本同在，撤回请求在七天内生效。",
        vision="开放模型的数据像开放源代码一样可以阅读、质疑和修改。",
        mission="每季度发布一版经过双人复核的数据，并公开所有被拒样本的理由。",
        repos=(
            Repo("reedbed", "Records, sources and checks", 60, 5.5, 7, (0.8, 1.2), 18, 22, 88, 0.7),
        ),
    ),
    Work(
        slug="sounding",
        name="Sounding",
        kind="benchmark",
        stage="sandbox",
        license="MIT",
        topics=("evaluation", "long context", "leaderboard"),
        summary="How deep a model reads: long documents, two languages, no leaked answers.",
        direction="Questions that are replaced every quarter, so that nobody can train on them.",
        scenarios="Choosing a model for contracts, for archives, for patient records.",
        core_value="A score comes with its error bar and the run that made it, or not at all.",
        vision="Benchmarks that are harder to game than to solve.",
        mission="Publish a fresh set each quarter and rerun every listed model within a week.",
        repos=(
            Repo("sounding", "Tasks, runner and results", 300, 4.6, 6, (0.5, 2.2), 8, 12, 90, 0.35),
        ),
    ),
    Work(
        slug="almanac",
        name="Almanac",
        kind="docs",
        stage="graduated",
        license="CC-BY-SA-4.0",
        topics=("handbook", "tutorials", "翻译"),
        summary="The community's handbook: how to begin, to review, to train on one machine.",
        direction="One page per question, tested commands, both languages side by side.",
        scenarios="A first contribution on a Sunday afternoon; a course at a university.",
        core_value="If it is not written down, the next person pays for it again.",
        vision="Nobody has to ask twice.",
        mission="Keep every guide no older than the release it describes.",
        repos=(
            Repo(
                "almanac", "Guides in English and Chinese", 0, 3, 5.2, (1.2, 0.8), 40, 70, 61, 0.5
            ),
        ),
    ),
    Work(
        slug="ferry",
        name="Ferry",
        kind="code",
        stage="emeritus",
        license="Apache-2.0",
        topics=("deduplication", "pipelines"),
        summary="Moved text between formats and dropped duplicates; Reedbed now does this itself.",
        direction="Kept readable for those who still use it; no new features.",
        scenarios="Existing pipelines that read its shards.",
        core_value="A tool that ends well tells its users where to go.",
        vision="To be needed by nobody.",
        mission="Answer security reports until the last user has moved.",
        repos=(
            Repo("ferry", "Streaming deduplication", 0, 3.6, 5, (1.3, 0.04), 11, 15, 70, 0.3, 1.8),
        ),
    ),
)

REPOS = tuple(repo for work in WORKS for repo in work.repos)


@dataclass(frozen=True, slots=True)
class Employer:
    """An invented organization with its mail domains and how many people it sends."""

    slug: str
    name: str
    kind: str
    domains: tuple[str, ...]
    aliases: tuple[str, ...]
    weight: float
    chinese: float


EMPLOYERS = (
    Employer(
        "shiqiao", "石桥智算", "company", ("shiqiao.example",), ("Shiqiao Computing",), 22, 0.95
    ),
    Employer(
        "northgate",
        "Northgate Compute",
        "company",
        ("northgate.example", "ngc.example"),
        ("NGC",),
        15,
        0.1,
    ),
    Employer(
        "luweidang", "芦苇荡科技", "company", ("luweidang.example",), ("Luweidang Tech",), 11, 0.95
    ),
    Employer(
        "harrow-and-finch",
        "Harrow & Finch Labs",
        "company",
        ("harrowfinch.example",),
        ("H&F Labs",),
        9,
        0.1,
    ),
    Employer(
        "chenghu-university",
        "澄湖大学",
        "university",
        ("chenghu.example", "stu.chenghu.example"),
        ("Chenghu University",),
        12,
        0.95,
    ),
    Employer(
        "pellworth-university",
        "Pellworth University",
        "university",
        ("pellworth.example",),
        (),
        8,
        0.15,
    ),
    Employer("oakline", "Oakline Robotics", "company", ("oakline.example",), (), 5, 0.1),
    Employer("quillstone", "Quillstone Software", "company", ("quillstone.example",), (), 6, 0.05),
    Employer(
        "wangchao",
        "望潮研究院",
        "foundation",
        ("wangchao.example",),
        ("Wangchao Institute",),
        6,
        0.9,
    ),
    Employer("saltway", "Saltway Foundation", "foundation", ("saltway.example",), (), 3, 0.1),
    Employer("brightmoor", "Brightmoor Cloud", "company", ("brightmoor.example",), (), 5, 0.2),
    Employer(
        "marlow-open-data",
        "Marlow County Office for Open Data",
        "public",
        ("opendata.marlow.example",),
        ("Marlow Open Data",),
        3,
        0.0,
    ),
)
