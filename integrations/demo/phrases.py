"""What people of the invented community write, in both languages."""

from random import Random

Words = dict[str, tuple[str, ...]]  # language -> choices

PARTS: dict[str, Words] = {
    "code": {
        "en": (
            "tokenizer cache", "request queue", "GGUF loader", "streaming endpoint",
            "KV cache", "scheduler", "metrics exporter", "int4 kernel", "config parser",
            "shard reader", "health check", "batch planner", "log formatter", "thread pool",
        ),
        "zh": (
            "分词缓存", "请求队列", "权重加载", "流式接口", "键值缓存", "调度器",
            "监控指标", "量化内核", "配置解析", "分片读取", "健康检查", "线程池",
        ),
    },
    "model": {
        "en": (
            "learning-rate schedule", "checkpoint merge", "rotary embedding", "loss spike at 40B",
            "data mixture", "gradient clipping", "optimizer state", "long-context stage",
            "tokenizer vocabulary", "chat template", "weight decay", "evaluation hook",
        ),
        "zh": (
            "学习率曲线", "检查点合并", "位置编码", "损失尖峰", "数据配比", "梯度裁剪",
            "优化器状态", "长上下文阶段", "词表", "对话模板", "评测钩子",
        ),
    },
    "dataset": {
        "en": (
            "license field", "source register", "near-duplicate filter", "dialogue split",
            "schema check", "withdrawal list", "review sheet", "language tag", "code subset",
        ),
        "zh": (
            "许可字段", "来源登记", "近似去重", "对话子集", "格式校验", "撤回名单",
            "复核表", "语言标签", "代码子集", "古文样本", "方言样本", "标点清洗",
        ),
    },
    "benchmark": {
        "en": (
            "contract task", "needle placement", "score interval", "runner timeout",
            "archive task", "leak detector", "result upload", "question rotation", "table view",
        ),
        "zh": (
            "合同任务", "埋点位置", "置信区间", "运行超时", "档案任务", "泄漏检测",
            "结果上传", "题目轮换", "榜单页面",
        ),
    },
    "docs": {
        "en": (
            "first-steps guide", "review guide", "training tutorial", "glossary", "install page",
            "release checklist", "style guide", "hardware table", "mentoring page",
        ),
        "zh": (
            "入门指南", "评审指南", "训练教程", "术语表", "安装说明", "发布清单",
            "写作规范", "硬件对照表", "导师计划",
        ),
    },
}  # fmt: skip

ISSUES: Words = {
    "en": (
        "{part} fails on machines with 8 GB", "Wrong result from the {part} after an upgrade",
        "{part}: unclear error when the file is missing", "Support a dry run in the {part}",
        "{part} is twice as slow as last month", "Document how the {part} decides",
        "{part} ignores the setting from the environment", "Crash in the {part} on empty input",
        "Make the {part} say which line is wrong",
        "Question: why does the {part} keep old entries?",
        "{part} leaks memory after a day", "Proposal: split the {part} in two",
    ),
    "zh": (
        "{part}在低内存机器上失败", "升级之后{part}结果不一致", "{part}的报错看不懂",
        "希望{part}支持试运行", "{part}比上个月慢了一倍", "请补充{part}的说明",
        "{part}没有读取环境变量", "输入为空时{part}崩溃", "建议把{part}拆成两部分",
        "请教：{part}为什么保留旧条目？", "{part}运行一天后内存上涨",
    ),
}  # fmt: skip

PULLS: Words = {
    "en": (
        "Fix the {part} for empty input", "Speed up the {part}", "Add tests for the {part}",
        "Refuse bad settings in the {part}", "Explain the {part} in the guide",
        "Remove dead code from the {part}", "Let the {part} run without a network",
        "Report progress in the {part}", "Rewrite the {part} on iterators",
        "Keep the {part} stable across restarts", "Translate messages of the {part}",
    ),
    "zh": (
        "修复{part}的空输入问题", "优化{part}性能", "为{part}补充测试", "完善{part}文档",
        "清理{part}中的无用代码", "{part}支持离线运行", "{part}显示进度", "重写{part}的读取逻辑",
        "统一{part}的命名",
    ),
}  # fmt: skip

ABOUT_DOCS: Words = {
    "en": (
        "{part}: the second command fails", "{part} is out of date since the last release",
        "Broken link in the {part}", "Missing step in the {part} on Windows",
        "Typo in the {part}", "{part} has no Chinese version yet", "Question about the {part}",
        "Please show an example in the {part}", "{part} contradicts the install page",
    ),
    "zh": (
        "{part}第二条命令运行失败", "{part}没有跟上最新版本", "{part}里有失效链接",
        "{part}缺少一个步骤", "{part}有错别字", "{part}还没有英文版", "对{part}有疑问",
        "希望{part}增加示例", "{part}前后说法不一致",
    ),
}  # fmt: skip

CHANGES_OF_DOCS: Words = {
    "en": (
        "Bring the {part} up to date", "Fix links in the {part}", "Add an example to the {part}",
        "Translate the {part}", "Shorten the {part}", "Test every command of the {part}",
        "Correct a typo in the {part}", "Split the {part} in two pages",
        "Say in the {part} what to do when it fails",
    ),
    "zh": (
        "更新{part}", "修正{part}中的链接", "为{part}补充示例", "翻译{part}", "精简{part}",
        "逐条验证{part}中的命令", "订正{part}的错别字", "把{part}拆成两页",
        "{part}补充故障处理",
    ),
}  # fmt: skip

COMMENTS: Words = {
    "en": (
        "I can reproduce this here.", "Which version is this?", "Thank you, this helps.",
        "Could you attach the log of a failing run?", "The cause is the change of last week.",
        "I would rather not add a setting for this.", "Works for me with the branch.",
        "Let us talk about it in the call on Thursday.", "I can take this one.",
        "Any news? We hit this in our course.", "Measured: 31 % less memory on my laptop.",
    ),
    "zh": (
        "我这边可以复现。", "请问是哪个版本？", "感谢，问题解决了。", "能否附上失败时的日志？",
        "应该是上周那次改动引起的。", "不建议为此增加配置项。", "用这个分支测试通过。",
        "周四例会上一起讨论吧。", "我来处理。", "有进展吗？我们上课时也遇到了。",
        "实测内存下降约三成。",
    ),
}  # fmt: skip

REVIEWS: Words = {
    "en": (
        "Reads well. One question below.", "Please add a test for the empty case.",
        "Could this be a plain function?", "Good, I ran it on two machines.",
        "The name promises more than it does.", "Nice and small, thank you.",
    ),
    "zh": (
        "整体不错，有一处疑问。", "请补一个空输入的测试。", "这里可以写成普通函数吗？",
        "两台机器上都跑过了，没问题。", "命名可以再准确一些。", "改动小而清楚，谢谢。",
    ),
}  # fmt: skip

BIOS: Words = {
    "en": (
        "I read other people's code for a living and enjoy it.",
        "Interested in small models, old hardware and clear error messages.",
        "Teaches statistics; reviews benchmarks at night.",
        "Writes documentation first and code second.",
        "Came for a bug, stayed for the reviews.",
        "Looks after data licenses. Ask before you scrape.",
    ),
    "zh": (
        "喜欢小而清楚的代码，周末写文档。", "研究双语模型的评测，欢迎一起讨论。",
        "做数据治理，关心每一条样本的来历。", "从修一个错字开始参与，现在负责评审。",
        "在学校教编程，课上就用这里的工具。", "关注推理性能，手边总有一台旧笔记本。",
    ),
}  # fmt: skip

PORTRAIT = """\
我在澄湖大学教自然语言处理，也在 Tallowmere 负责评审流程。

- **现在在做**：双语模型的长上下文评测，以及训练日志的公开格式。
- **可以找我**：第一次贡献时的任何疑问；数据许可的判断；代码评审的第二意见。
- **不太擅长**：前端样式。请改找别人，谢谢。

周末通常在山里，没有网络；周一上午统一回复。
"""

PLACES: Words = {
    "en": ("Marlow", "Pellworth", "Saltway", "Harrow Quay", "Oakline", "Northgate"),
    "zh": ("澄湖", "石桥", "望潮", "芦苇荡"),
}

LABELS = ("bug", "enhancement", "documentation", "performance", "question", "good first issue")


def issue_title(rng: Random, kind: str, language: str) -> str:
    """What somebody asks of this kind of project."""
    return title(rng, ABOUT_DOCS if kind == "docs" else ISSUES, kind, language)


def pull_title(rng: Random, kind: str, language: str) -> str:
    """What somebody changes in this kind of project."""
    return title(rng, CHANGES_OF_DOCS if kind == "docs" else PULLS, kind, language)


def title(rng: Random, patterns: Words, kind: str, language: str) -> str:
    """A title about something that this kind of project has."""
    part = rng.choice(PARTS[kind][language])
    text = rng.choice(patterns[language]).format(part=part)
    return text[0].upper() + text[1:]


def sentence(rng: Random, words: Words, language: str) -> str:
    """Something short that fits almost everywhere."""
    return rng.choice(words[language])
