"""The phrases that the sample of documents is made of: topics, openings, closings, odd letters, terms to review."""

from __future__ import annotations

OPENING = {
    "en": (
        "Dear team, I am writing about policy {number}.",
        "Good morning, my customer number is {number}.",
        "To whom it may concern.",
        "Note of a call on {weekday}, taken by {person}.",
        "Hello, this is {person} again.",
    ),
    "ko": (
        "안녕하세요, 증권 번호 {number} 건으로 연락드립니다.",
        "고객 번호는 {number}입니다.",
        "{weekday}에 {person} 상담원이 받은 전화 메모입니다.",
        "{person}입니다, 다시 글을 남깁니다.",
    ),
}
CLOSING = {
    "en": (
        "Please answer by {weekday}.",
        "Kind regards, {person}.",
        "I look forward to hearing from you.",
        "Thank you for your help.",
    ),
    "ko": (
        "{weekday}까지 답변 부탁드립니다.",
        "빠른 답변 기다리겠습니다.",
        "감사합니다, {person} 드림.",
        "도와주셔서 고맙습니다.",
    ),
}
SLOTS = {
    "en": {
        "number": ("4711-20", "3390-17", "8125-04", "5502-61", "7748-93", "6013-55"),
        "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
        "person": ("Ms. Carver", "Mr. Lindqvist", "Dr. Okafor", "Ms. Haddad", "Mr. Penrose", "Jun Park"),
        "room": ("kitchen", "cellar", "bathroom", "hallway", "laundry room"),
        "thing": ("parquet floor", "wallpaper", "sofa", "bookshelf", "carpet", "ceiling"),
        "place": ("junction", "car park", "roundabout", "motorway exit", "traffic light"),
        "part": ("bumper", "left headlight", "rear door", "bonnet", "side mirror"),
        "shop": ("warehouse", "depot", "branch office"),
        "amount": ("120 euros", "85 euros", "240 euros", "39 euros", "310 euros"),
        "month": ("January", "March", "May", "August", "October"),
    },
    "ko": {
        "number": ("4711-20", "3390-17", "8125-04", "5502-61", "7748-93", "6013-55"),
        "weekday": ("월요일", "화요일", "수요일", "목요일", "금요일"),
        "person": ("김서연", "이준호", "박민지", "최도윤", "정하은", "한지우"),
        "room": ("부엌", "지하실", "욕실", "화장실", "세탁실"),
        "thing": ("마룻바닥", "책장", "카펫", "옷장", "천장"),
        "place": ("교차로", "주차장", "로터리", "고속도로 출구", "신호등 앞"),
        "part": ("왼쪽 전조등", "뒷문", "보닛", "앞유리창", "운전석 문"),
        "shop": ("집하장", "지점", "사업장"),
        "amount": ("12만 원", "8만 5천 원", "24만 원", "3만 9천 원", "31만 원"),
        "month": ("1월", "3월", "5월", "8월", "10월"),
    },
}
TOPICS = {
    "water": {
        "en": (
            "A burst pipe flooded the {room} and the water damage is considerable.",
            "The plumber found a leaking pipe behind the wall of the {room}.",
            "The water ruined the {thing}, and mould is spreading in the {room}.",
            "We ran two drying machines in the {room} for a week.",
            "The flooded {room} has to be dried before the {thing} can be replaced.",
            "Your surveyor measured the moisture in the walls of the {room}.",
            "The plumber's estimate for the pipe and the {thing} is attached.",
        ),
        "ko": (
            "배관이 터져 {room}에 물이 넘쳤고 누수 피해가 큽니다.",
            "배관공이 {room} 벽 뒤에서 누수를 찾았습니다.",
            "누수 때문에 {thing}이 젖었고 {room}에 곰팡이가 번지고 있습니다.",
            "{room}에 제습기 두 대를 일주일 동안 돌렸습니다.",
            "침수된 {room}을 말려야 {thing} 교체가 가능합니다.",
            "손해사정사가 {room} 벽의 습기를 측정했습니다.",
            "배관 수리와 {thing} 교체 견적서를 첨부합니다.",
        ),
    },
    "car": {
        "en": (
            "The other driver hit my car at the {place} and damaged the {part}.",
            "The police took down the accident and the names of both drivers.",
            "The garage says the {part} must be replaced before I can drive the car.",
            "A witness saw the collision at the {place}.",
            "I need a rental car while the garage repairs the {part}.",
            "The accident report and photographs of the {part} are enclosed.",
            "My car was parked at the {place} when the lorry reversed into it.",
        ),
        "ko": (
            "상대 운전자가 {place}에서 제 차량을 들이받아 {part}이 파손되었습니다.",
            "경찰이 교통사고를 접수하고 두 운전자의 이름을 적었습니다.",
            "정비소에서는 {part}을 교체해야 차량 운행이 가능하다고 합니다.",
            "{place}에서 충돌을 본 목격자가 있습니다.",
            "정비소가 {part}을 수리하는 동안 렌터카가 필요합니다.",
            "교통사고 확인서와 {part} 사진을 동봉합니다.",
            "{place}에 세워 둔 차량을 트럭이 후진하다 들이받았습니다.",
        ),
    },
    "delivery": {
        "en": (
            "The parcel has been waiting at the {shop} since {weekday}.",
            "The courier left the parcel with a neighbour without a note.",
            "The tracking page has not changed since {weekday}.",
            "The parcel arrived crushed and the seal was broken.",
            "I was at home all day but the courier never rang the bell.",
            "The shipment was sent back to the {shop} although the address is right.",
            "Please tell the courier to deliver the parcel on {weekday}.",
        ),
        "ko": (
            "택배가 {weekday}부터 {shop}에 멈춰 있습니다.",
            "택배 기사가 쪽지도 없이 이웃집에 상자를 맡겼습니다.",
            "배송 조회 화면이 {weekday} 이후로 바뀌지 않습니다.",
            "택배 상자가 찌그러진 채 도착했고 봉인이 뜯겨 있었습니다.",
            "하루 종일 집에 있었는데 택배 기사가 초인종을 누르지 않았습니다.",
            "주소가 맞는데도 배송이 {shop}으로 반송되었습니다.",
            "{weekday}에 다시 배송해 달라고 택배 기사에게 전해 주세요.",
        ),
    },
    "billing": {
        "en": (
            "My account was debited twice with {amount} in {month}.",
            "The invoice for {month} shows a premium of {amount} that I never agreed to.",
            "I was promised a refund of {amount} but nothing was paid.",
            "Please correct the invoice and cancel the direct debit.",
            "The reminder fee on the {month} invoice is not justified.",
            "The bank confirms that the premium was debited in {month}.",
            "I ask for a refund of the premium paid for {month}.",
        ),
        "ko": (
            "{month}에 제 계좌에서 {amount}이 두 번 출금되었습니다.",
            "{month} 청구서에 동의한 적 없는 보험료 {amount}이 있습니다.",
            "{amount} 환불을 약속받았지만 아직 입금되지 않았습니다.",
            "청구서를 정정하고 자동이체를 해지해 주세요.",
            "{month} 청구서의 연체료는 납득할 수 없습니다.",
            "은행에서 {month}에 보험료가 출금되었다고 확인했습니다.",
            "{month}에 낸 보험료의 환불을 요청합니다.",
        ),
    },
    "login": {
        "en": (
            "The app rejects my password after the last update.",
            "I cannot log in to the portal because the confirmation code never arrives.",
            "The app shows an error message when I upload photographs.",
            "Resetting the password in the portal does not work either.",
            "After the update the app closes as soon as I open the login screen.",
            "The confirmation code for my new phone expired within seconds.",
            "Please unlock my portal account and send a new password.",
        ),
        "ko": (
            "최근 업데이트 이후 앱에서 비밀번호가 거부됩니다.",
            "인증번호가 오지 않아 홈페이지에 로그인할 수 없습니다.",
            "사진을 올리면 앱에 오류 메시지가 나옵니다.",
            "홈페이지에서 비밀번호를 재설정해도 소용이 없습니다.",
            "업데이트 후 로그인 화면을 열자마자 앱이 꺼집니다.",
            "새 휴대전화로 받은 인증번호가 몇 초 만에 만료되었습니다.",
            "계정 잠금을 풀고 새 비밀번호를 보내 주세요.",
        ),
    },
}
ODD = (
    (
        "en",
        "Whisk three egg yolks with sugar until pale, fold in the mascarpone, and dust the tiramisu with cocoa. "
        "Chill overnight in the fridge before serving with espresso.",
    ),
    (
        "en",
        "The comet's tail pointed away from the sun while Jupiter rose above the telescope's horizon. Astronomers "
        "catalogued four moons before the clouds drifted in.",
    ),
    (
        "ko",
        "배추를 소금에 절이고 고춧가루와 마늘, 생강으로 양념을 버무려 항아리에 담습니다. "
        "김장 김치는 겨울 내내 천천히 익어 갑니다.",
    ),
)
# Sentences with a term to review: the language, the sentence, the form of the term as it stands there.
REVIEWED = (
    ("en", "The receipt was lost, so please pay in cash only.", "cash only"),
    ("en", "I can get a backdated invoice if you need one.", "backdated invoice"),
    ("en", "My brother-in-law has a backdatd invoice for the repair.", "backdatd invoice"),
    ("en", "There are no reciepts for the older things.", "reciepts"),
    ("en", "It could be staged, my neighbour joked, like the staged accidents on television.", "staged accidents"),
    ("ko", "영수증을 잃어버렸으니 현금으로만 지급해 주세요.", "영수증을"),
    ("ko", "필요하면 허위청구서를 쓸 수 있다고 이웃이 말했습니다.", "허위청구서를"),
    ("ko", "아는 병원에서 허위 진단서도 받을 수 있다고 들었습니다.", "허위 진단서도"),
    ("ko", "고의사고였다는 소문은 사실이 아닙니다.", "고의사고였다는"),
)
TERMS = """term,category
cash only,payment
backdated invoice,documents
receipt,documents
staged accident,fraud
허위 청구,fraud
허위 진단서,fraud
고의 사고,fraud
영수증,documents
"""
