"""Words that say little by themselves, English and Korean."""

from __future__ import annotations

ENGLISH = """
a about above after again against all also although am among an and another any anything are as at away back be
became because been before being below between both but by came can cannot come could did do does doing don done
down during each either else enough even ever every everything few for from further get gets getting go goes
going gone got had has have having he hello her here hers herself hi him himself his how however i if in indeed
into is it its itself just kind know last least less let like little ll look made make makes many may me might
more most much must my myself need neither never next no nobody none nor not nothing now of off often on once
one only or other others our ours ourselves out over own per perhaps please quite rather re really regards said
same say says see seem seems shall she should since so some something soon still such take than thank thanks
that the their theirs them themselves then there therefore these they thing things this those though through
thus to too toward two under until up upon us use used using ve very want was way we well went were what when
where whether which while who whom whose why will with within without would yet you your yours yourself
yourselves dear sir madam sincerely t s d m isn aren wasn weren doesn didn hasn haven won wouldn couldn shouldn
monday tuesday wednesday thursday friday saturday sunday
"""
KOREAN = """
이 그 저 것 거 수 등 및 또 또는 또한 그리고 그러나 하지만 그런데 그래서 그러면 그러니까 따라서 즉 때 때문 때문에
위해 위한 대해 대한 통해 의해 관한 관해 따라 따른 같은 같이 같아요 같습니다 있는 있다 있고 있어 있어서 있습니다
있었습니다 있어요 있을 없는 없다 없이 없고 없습니다 없어요 하는 하다 하고 하여 해서 했다 했던 한다 합니다
했습니다 하지 하면 해 되는 되다 된 될 됩니다 되었습니다 됐습니다 되어 되지 돼서 아닌 아니 아니라 아닙니다 않은
않는 않고 않아 않습니다 않았습니다 못한 못하고 매우 너무 정말 진짜 아주 더 더욱 가장 좀 조금 많이 많은 다 모두
모든 각 여러 어떤 무슨 이런 그런 저런 이렇게 그렇게 어떻게 왜 누가 누구 무엇 뭐 언제 어디 여기 거기 저기 우리
저희 제 제가 나 내 내가 너 네 당신 그녀 그들 자신 이것 그것 저것 이번 다음 지난 현재 오늘 어제 내일 지금 이제
아직 이미 다시 계속 바로 먼저 함께 처럼 보다 까지 부터 만 도 는 은 이다 입니다 이었습니다 였습니다 이에요 예요
안 잘 꼭 한 두 번 건 점 중 후 전 간 내용 경우 정도 사이 이후 이전 그냥 주세요 주십시오 주시기 드립니다
부탁드립니다 바랍니다 안녕하세요 감사합니다 고맙습니다 드림 올림 월요일 화요일 수요일 목요일 금요일 토요일
일요일
"""
STOP_WORDS = frozenset((ENGLISH + KOREAN).split())
