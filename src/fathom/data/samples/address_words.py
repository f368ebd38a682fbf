"""The words that the sample of addresses is made of; streets, places and people are made up or common names."""

FIRST_NAMES = (
    "Emma", "Liam", "Olivia", "Noah", "Ava", "Ethan", "Sofia", "Mason", "Mia", "Lucas", "Hannah", "Paris", "Grace",
    "Oscar", "Ruby", "Milan", "Austin", "Chloe", "Victor", "Ingrid", "Pablo", "Amara", "Tariq", "Yuki", "Florence",
    "Denver", "Rose", "Mark", "Will", "Priya",
)  # fmt: skip
LAST_NAMES = (
    "Baker", "Carter", "Nguyen", "Fischer", "Rossi", "Hill", "Brooks", "Lindqvist", "O'Neil", "Park", "Walsh",
    "Kowalski", "Santos", "Marsh", "Lane", "Okafor", "Young", "Field", "Haddad", "Ivanova", "Wood", "London", "Price",
    "Church", "Bell",
)  # fmt: skip
STREETS = (
    "Mill Lane", "Station Road", "Church Street", "Elm Avenue", "Harbour Row", "Queens Parade", "Orchard Close",
    "Victoria Street", "Old Market Square", "River Walk", "Baker Street", "Park Road", "Kings Court", "Beacon Hill",
    "Lower Meadow", "Foundry Lane",
)  # fmt: skip
CITIES = (
    "Brookfield", "Ashford", "Kingsport", "Westhaven", "Milton", "Riverton", "Oakham", "Florence", "Paris", "Denver",
    "Austin", "New Harbour", "St. Alban", "Port Lacey", "Glenmore", "Fairview", "Lakeside", "Thornbury",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
KOREAN_LAST_NAMES = ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "남궁", "오", "서", "신")
KOREAN_FIRST_NAMES = (
    "민수", "서연", "지훈", "하은", "도윤", "수빈", "예준", "지민", "현우", "유진", "은지", "태호", "나래", "가람",
    "보라", "성남", "우리", "한솔", "미래", "준",
)  # fmt: skip
KOREAN_STREETS = (
    "세종대로", "중앙로", "한밭길", "새싹로", "은행나무길", "강변북로", "학사로", "해안길", "달맞이길", "무지개로",
    "솔밭길", "청솔로", "느티나무길", "온천로",
)  # fmt: skip
KOREAN_CITIES = (
    "서울", "부산", "대구", "인천", "광주", "대전", "울산", "수원", "성남", "고양", "전주", "청주", "포항", "제주",
    "남양주", "춘천",
)  # fmt: skip
PREFIXES = ("AB", "KX", "QT", "ZR", "MN", "PD")

# What stands in brackets is an entity, what stands in braces is another number or word that is none.
ENGLISH = (
    "[first_name] [last_name], [street], [postal_code] [city]",
    "Dear [first_name] [last_name], your order [product_id] left our store in [city] on [date].",
    "Please send [product_id] to [first_name] [last_name], [street], [postal_code] [city].",
    "We moved to [street] in [city] on [date].",
    "[last_name], [first_name] - returned item [product_id], refund of {amount} paid on [date].",
    "Invoice {number}: two of [product_id] at {amount}, due [date].",
    "Ship to: [street], [city] [postal_code]",
    "The parcel for Mrs [last_name] came back from [city] because [street] does not exist.",
    "Can you call {phone}? [first_name] is waiting in [city] since [date]",
    "Contract {number} was signed by [first_name] [last_name] in [city].",
    "Nobody in the office knows the paris hotel on the hill, ask {word}.",
    "From [date] on, [first_name] [last_name] lives at [street], [city].",
    "Reference {code} is no product. The broken one is [product_id].",
    "Thank you for your letter, we will answer within {small} days.",
    "In may we will park the old rose baskets near the church in [city].",
    "[city], [date]: meeting with [first_name] about [product_id] and [product_id]",
    "My new address: [street], [postal_code] [city]. Regards, [first_name]",
    "attn {word} dept, [street] [postal_code] [city]",
    "Case {number} closed on [date] by [first_name] [last_name].",
    "Will the mill open again? {word} asked for it in spring.",
)
KOREAN = (
    "[last_name][first_name] 고객님, 주문하신 [product_id] 상품이 [date]에 출고되었습니다.",
    "([postal_code]) [city]시 [street] {small}, [last_name][first_name] 귀하",
    "받는 사람: [last_name][first_name], 주소: [city] [street] {small}번지, 우편번호 [postal_code]",
    "[date]부터 [city]에서 근무하는 [last_name][first_name]입니다.",
    "[last_name][first_name]씨가 [city]로 이사했습니다. 새 주소는 [street] {small}입니다.",
    "[product_id] 반품 신청은 [date]까지 가능합니다.",
    "계약번호 {number}, 계약자 [last_name][first_name], 계약일 [date]",
    "문의 전화는 {phone}으로 주시기 바랍니다.",
    "[city]점에서 [product_id]을(를) 구입했는데 불량입니다.",
    "우리 미래를 위한 보험 상품을 안내해 드립니다. 금액은 {amount}원입니다.",
    "[last_name][first_name]에게 [product_id]와 [product_id]을(를) 보내 주세요.",
    "[city] [street]에 사는 [first_name]이의 생일은 [date]입니다.",
    "송장 {number}번은 [city]에서 [date]에 발송되었습니다.",
    "서울 우유 {small}개와 부산 어묵 {small}개를 주문합니다.",
    "담당자 [last_name][first_name] ([city] 지점) 드림",
    "코드 {code}는 상품 번호가 아닙니다.",
)
