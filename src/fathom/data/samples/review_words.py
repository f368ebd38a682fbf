"""The words that the sample of reviews is made of: what is reviewed, what is said of it, and what is said beside."""

from __future__ import annotations

PARTS = {  # of each product, in English and in Korean
    "headphones": (("sound", "battery", "fit", "microphone"), ("음질", "배터리", "착용감", "마이크")),
    "kettle": (("lid", "handle", "spout", "finish"), ("뚜껑", "손잡이", "주둥이", "마감")),
    "backpack": (("zip", "fabric", "padding", "size"), ("지퍼", "원단", "등판", "크기")),
    "desk lamp": (("light", "switch", "arm", "base"), ("밝기", "스위치", "관절", "받침대")),
    "charger": (("cable", "plug", "charging speed", "casing"), ("케이블", "플러그", "충전 속도", "외관")),
    "running shoes": (("sole", "cushioning", "fit", "colour"), ("밑창", "쿠션", "착용감", "색상")),
    "coffee mill": (("grind", "motor", "noise level", "container"), ("분쇄도", "모터", "소음", "원두 통")),
}
CONTENT = {  # the share of a product's buyers who are
    "headphones": 0.56,
    "kettle": 0.52,
    "backpack": 0.58,
    "desk lamp": 0.48,
    "charger": 0.36,
    "running shoes": 0.55,
    "coffee mill": 0.47,
}
COMMON = (("price", "packaging", "delivery", "quality"), ("가격", "포장", "배송", "품질"))

GOOD = (
    "great", "good", "excellent", "solid", "lovely", "superb", "impressive", "perfect", "reliable",
    "better than expected", "spot on", "fine", "top notch", "a pleasure", "fantastic", "well made", "brilliant",
    "really nice", "pleasant", "flawless", "exactly right", "very decent", "outstanding", "a delight", "first class",
    "hard to beat",
)  # fmt: skip
BAD = (
    "bad", "poor", "awful", "flimsy", "disappointing", "useless", "terrible", "worse than expected", "faulty",
    "a joke", "cheap", "annoying", "horrible", "broken", "a mess", "weak", "badly made", "way off", "mediocre",
    "unreliable", "a nuisance", "dreadful", "third rate", "a letdown", "hard to like", "shoddy",
)  # fmt: skip
PRAISE = (
    "the {part} is {good}", "{part}: {good}", "I find the {part} {good}", "the {part} is not {bad} at all",
    "no complaints about the {part}", "the {part} turned out {good}", "nothing {bad} about the {part}",
    "could not ask for a better {part}", "the {part} never let me down", "I like the {part}",
    "the {part} isn't {bad}",
)  # fmt: skip
BLAME = (
    "the {part} is {bad}", "{part}: {bad}", "I find the {part} {bad}", "the {part} is not {good} at all",
    "I expected a better {part}", "the {part} turned out {bad}", "nothing {good} about the {part}",
    "the {part} is not what was promised", "the {part} let me down", "I don't like the {part}",
    "the {part} isn't {good}",
)  # fmt: skip
TURNS = (", but ", "; still, ", ". However, ", ", although ")
BESIDE = (
    "Bought it for my sister.", "Second one I own.", "It came in a plain box.", "Used it every day for {n} weeks.",
    "Ordered on a Sunday.", "My neighbour has the same one.", "Took it along on a trip.",
    "I compared {n} others before.", "It replaces my old one.", "Got it as a present.", "The manual has {n} pages.",
    "Not what I am used to.",
)  # fmt: skip
HAPPY = ("Would buy again.", "Recommended.", "Five stars.", "Worth every penny.", "Keeping it.", "So glad I got it")
UNHAPPY = ("Going back to the shop.", "Save your money.", "Avoid.", "Want a refund.", "One star.", "Never again")
SHORT_HAPPY = ("Love it", "Not bad", "Does its job", "No regrets", "Surprisingly good", "Can't complain", "👍👍")
SHORT_UNHAPPY = ("Not good", "Meh", "Don't bother", "Total waste", "Not worth it", "Broke after {n} days", "👎")

# In Korean an opinion comes in two forms: one that ends a sentence, one that goes on to "but".
KO_GOOD = (
    ("좋아요", "좋은데"), ("훌륭해요", "훌륭한데"), ("만족스러워요", "만족스러운데"), ("흡족해요", "흡족한데"),
    ("마음에 들어요", "마음에 드는데"), ("완벽해요", "완벽한데"), ("기대 이상이에요", "기대 이상인데"),
    ("괜찮네요", "괜찮은데"), ("아주 편해요", "아주 편한데"), ("깔끔합니다", "깔끔한데"), ("최고예요", "최고인데"),
    ("나쁘지 않아요", "나쁘지 않은데"), ("별로일 줄 알았는데 좋네요", "의외로 좋은데"),
    ("불편하지 않아요", "불편하지 않은데"), ("흠잡을 데가 없어요", "흠잡을 데가 없는데"),
    ("실망스럽지 않네요", "실망스럽지 않은데"), ("탁월해요", "탁월한데"), ("생각보다 좋습니다", "생각보다 좋은데"),
    ("뛰어나요", "뛰어난데"), ("믿음직해요", "믿음직한데"),
)  # fmt: skip
KO_BAD = (
    ("별로예요", "별로인데"), ("실망스러워요", "실망스러운데"), ("형편없어요", "형편없는데"),
    ("부족해요", "부족한데"), ("마음에 안 들어요", "마음에 안 드는데"), ("엉망이에요", "엉망인데"),
    ("기대 이하예요", "기대 이하인데"), ("불편하네요", "불편한데"), ("설명과 달라요", "설명과 다른데"),
    ("허술합니다", "허술한데"), ("최악이에요", "최악인데"), ("좋지 않아요", "좋지 않은데"),
    ("좋을 줄 알았는데 아니네요", "생각만큼은 아닌데"), ("편하지 않아요", "편하지 않은데"),
    ("만족스럽지 않아요", "만족스럽지 않은데"), ("안 좋네요", "안 좋은데"), ("조잡해요", "조잡한데"),
    ("생각보다 나쁩니다", "생각보다 나쁜데"), ("너무 아쉬워요", "너무 아쉬운데"),
    ("믿을 수가 없어요", "믿을 수가 없는데"),
)  # fmt: skip
KO_BESIDE = (
    "동생 주려고 샀어요.", "두 번째 구매예요.", "그냥 상자에 담겨 왔어요.", "{n}주째 매일 써 봤습니다.",
    "일요일에 주문했어요.", "옆집도 같은 걸 쓰더라고요.", "여행 갈 때 가져갔어요.", "다른 제품 {n}개랑 비교했어요.",
    "쓰던 게 낡아서 바꿨어요.", "선물로 받았습니다.", "설명서가 {n}쪽이나 돼요.", "처음 써 보는 제품이에요.",
)  # fmt: skip
KO_HAPPY = ("또 살게요.", "추천합니다.", "별 다섯 개.", "돈이 아깝지 않아요.", "계속 쓸 거예요.", "사길 잘했어요")
KO_UNHAPPY = ("반품할게요.", "돈이 아까워요.", "비추천입니다.", "환불해 주세요.", "별 한 개.", "다시는 안 사요")
KO_SHORT_HAPPY = ("완전 좋아요", "나쁘지 않네요", "잘 쓰고 있어요", "후회 없어요", "강추 ㅎㅎ", "대만족", "👍👍")
KO_SHORT_UNHAPPY = ("안 좋아요", "그저 그래요", "사지 마세요", "돈 낭비", "{n}일 만에 고장", "ㅠㅠ 실망", "👎")
