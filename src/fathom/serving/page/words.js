// Every word of the page, in English and Korean, and the switch between them.
const WORDS = {
  en: {
    skip: "Skip to the form", settings: "Settings", dark: "Dark", light: "Light",
    input: "Input", answer: "Answer", about: "About this model", docs: "API documentation", metrics: "Metrics",
    nothing: "No question asked yet.",
    purposeLabel: (target) => `Tells which ${target} it is.`, purposeNumber: (target) => `Estimates ${target}.`,
    predict: "Predict", reset: "Reset", clear: "Clear", undo: "Undo", waiting: "Asking …",
    board: "Drawing board: draw with mouse, pen or finger", draw: "Draw here. The answer follows each stroke.",
    choose: "Choose pictures", drop: "or drop them here", sent: "What the model is sent",
    picture: "The picture that was sent", pictures: "The pictures that were sent", pictureNumber: (number) => `Picture ${number}`,
    showAll: (count) => `Show all ${count} pictures`,
    unreadable: "cannot be read",
    whatDecided: "What decided?", placesLabel: (label) => `The places that speak for ${label}`,
    placesCovered: (label) => `Warm places speak for “${label}”: covering them makes it less probable.`,
    placesGradient: (label) => `Warm places speak for “${label}”: there the network finds what it goes by.`,
    nowhere: (label) => `No single place decides: “${label}” stays as probable wherever the picture is covered.`,
    placesCoveredPerson: (name) => `Warm places make the face like ${name}: covering them makes it less so.`,
    nowherePerson: (name) => `No single place decides: the face stays as like ${name} wherever it is covered.`,
    pickBox: "What decided for a box? Click it, or its button in the list.", show: "Show",
    camera: "Use the camera", cameraTake: "Take the picture", cameraClose: "Close the camera", cameraFilm: "What the camera sees",
    cameraInsecure: "Browsers give the camera only to pages from this machine (localhost) or over https. Choose a file instead.",
    cameraDenied: "The browser was not allowed to use the camera. Allow it in the address bar, or choose a file.",
    cameraNone: "No camera was found. Choose a file instead.", cameraFailed: "The camera cannot be used now. Choose a file instead.",
    range: (low, high) => `seen ${low} to ${high}`, far: (low, high) => `outside of what training saw (${low} to ${high})`,
    missing: "leave empty if missing", none: "(missing)", number: "Write a number, such as 12.5.",
    sure: (share) => `${share} sure`, more: (count) => `${count} more`,
    between: (low, high) => `between ${low} and ${high}`, coverage: (share) => `in ${share} of cases`,
    row: (column) => `Column ${column}`, failed: "The server could not be reached.", notPicture: "This file is no picture.",
    learner: "Learner", family: "Family", classical: "classical", deep: "deep", task: "Task", predicts: "Predicts",
    reasonsSpeak: "What speaks most for an alert, with what it adds to the log-odds. This question is not remembered; POST /predict is.",
    wordsDecide: "Coloured words carry the answer: the stronger, the less probable it is without them. Underlined words speak against it.",
    wordFor: (share) => `${share} less probable without it`, wordAgainst: (share) => `${share} more probable without it`,
    noLabel: "no label", saidFrom: (share) => `A label is said from ${share} on.`,
    purposeSets: (labels) => `Tells which of these labels fit: ${labels}.`, placesFor: "What speaks for", placesForPerson: "What speaks for",
    purposePersons: (count) => `Tells who it is, of ${count} persons or nobody known. Give two pictures to compare them.`,
    nobody: "nobody known", noFace: "No face was found on the picture.", alike: (similarity, threshold) => `Similarity ${similarity}; counts from ${threshold} on.`,
    onePerson: "The same person", twoPersons: "Two different persons",
    passing: (share) => `So ${share} of pairs of two persons pass for one.`,
    noEntities: "Nothing was found in this text.",
    purposeStrange: () => "Tells whether a row is strange, and which columns make it so.",
    purposeStrangeBy: (target) => `Tells whether a row is strange, and which columns make it so; tested by ${target}.`,
    alarm: "Strange: alarm", noAlarm: "Nothing strange", noThreshold: "No threshold was set.", because: "What makes it as strange as it is:",
    alarmFrom: (score, threshold) => `Score ${score}; an alarm from ${threshold} on.`,
    purposeSeries: (target, ahead) => `Forecasts ${target}, ${ahead} steps ahead.`,
    history: "History, as CSV", historyFile: "or a CSV file",
    historyHint: (names, target) => `Columns: ${names}. Rows to come leave ${target} empty, and give what is known ahead.`,
    columnsLacking: (names) => `These columns are missing: ${names}.`, noRows: "There is no row below the header.",
    bands: "The line is the history; dashed, the forecast. The inner band should hold 60 % of what comes, the outer one 90 %.",
    drawnSeries: (name) => `History and forecast of ${name}`, numbers: "Numbers", when: "when", said: "forecast", lowest: "5 %", highest: "95 %",
    total: "All series in total", totalOf: (count) => `The sum of ${count} series. Its bands are the sums of theirs, as if all erred alike: wider than need be.`,
    totalWithout: (count) => `Left out, for they are forecast from another time: ${count}.`,
    components: "Trend, season, calendar", trend: "Trend", trendIs: "The mean of a season around each step, the season taken out; dashed, what the forecast leaves to it.",
    season: "Season", seasonTimes: "What the trend is multiplied by.", seasonAdded: "What is added to the trend.", knownAdds: "What this column adds at each step.",
    partsAre: "Together they are the forecast.",
    noBoxes: "nothing found", least: "At least so sure", purposeBoxes: (labels) => `Finds ${labels} in pictures.`,
    trained: "Trained", rows: "Rows", version: "Version", interval: (low, high) => `${low} to ${high}`,
  },
  ko: {
    skip: "입력으로 건너뛰기", settings: "설정", dark: "어둡게", light: "밝게",
    input: "입력", answer: "예측", about: "이 모델에 대하여", docs: "API 문서", metrics: "지표",
    nothing: "아직 묻지 않았습니다.",
    purposeLabel: (target) => `${target} 값을 맞힙니다.`, purposeNumber: (target) => `${target} 값을 추정합니다.`,
    predict: "예측하기", reset: "처음 값으로", clear: "지우기", undo: "되돌리기", waiting: "묻는 중 …",
    board: "그림판: 마우스, 펜, 손가락으로 그리세요", draw: "여기에 그리세요. 한 획마다 답이 바뀝니다.",
    choose: "그림 고르기", drop: "또는 여기에 끌어다 놓기", sent: "모델에 보낸 그림",
    picture: "모델에 보낸 그림", pictures: "모델에 보낸 그림들", pictureNumber: (number) => `그림 ${number}`,
    showAll: (count) => `그림 ${count}개 모두 보기`,
    unreadable: "읽을 수 없음",
    whatDecided: "무엇이 답을 정했나요?", placesLabel: (label) => `${label}의 근거가 된 곳`,
    placesCovered: (label) => `따뜻한 색은 ‘${label}’의 근거입니다. 그곳을 가리면 확률이 낮아집니다.`,
    placesGradient: (label) => `따뜻한 색은 ‘${label}’의 근거입니다. 신경망이 그곳에서 단서를 찾았습니다.`,
    placesCoveredPerson: (name) => `따뜻한 색은 얼굴을 ${name}와(과) 닮게 하는 곳입니다. 그곳을 가리면 덜 닮습니다.`,
    nowherePerson: (name) => `한 곳이 정하지 않았습니다. 얼굴의 어디를 가려도 ${name}와(과) 닮은 정도는 그대로입니다.`,
    pickBox: "무엇이 상자를 정했는지 보려면, 상자나 목록의 단추를 누르세요.", show: "보기",
    nowhere: (label) => `한 곳이 정하지 않았습니다. 그림의 어디를 가려도 ‘${label}’의 확률은 그대로입니다.`,
    camera: "카메라 쓰기", cameraTake: "찍기", cameraClose: "카메라 끄기", cameraFilm: "카메라가 보는 모습",
    cameraInsecure: "브라우저는 이 컴퓨터(localhost)나 https로 연 페이지에만 카메라를 허용합니다. 대신 파일을 고르세요.",
    cameraDenied: "브라우저가 카메라를 쓰도록 허용되지 않았습니다. 주소창에서 허용하거나 파일을 고르세요.",
    cameraNone: "카메라를 찾을 수 없습니다. 대신 파일을 고르세요.", cameraFailed: "지금은 카메라를 쓸 수 없습니다. 대신 파일을 고르세요.",
    range: (low, high) => `학습 범위 ${low} ~ ${high}`, far: (low, high) => `학습에서 본 범위(${low} ~ ${high}) 밖입니다`,
    missing: "없으면 비워 두세요", none: "(없음)", number: "12.5처럼 숫자를 쓰세요.",
    sure: (share) => `확률 ${share}`, more: (count) => `${count}개 더 보기`,
    between: (low, high) => `${low} ~ ${high} 사이`, coverage: (share) => `${share}의 경우`,
    row: (column) => `열: ${column}`, failed: "서버에 연결할 수 없습니다.", notPicture: "그림 파일이 아닙니다.",
    learner: "학습기", family: "계열", classical: "고전적", deep: "딥러닝", task: "과제", predicts: "예측 대상",
    reasonsSpeak: "경보를 가장 뒷받침하는 것과, 그것이 로그 승산에 더하는 값입니다. 이 질문은 기억하지 않으며, POST /predict는 기억합니다.",
    wordsDecide: "색칠한 단어가 답을 정했습니다. 진할수록 그 단어가 없을 때 확률이 더 떨어집니다. 밑줄 친 단어는 답에 반대합니다.",
    wordFor: (share) => `없으면 확률이 ${share} 낮아집니다`, wordAgainst: (share) => `없으면 확률이 ${share} 높아집니다`,
    purposePersons: (count) => `${count}명 가운데 누구인지, 아는 사람이 아닌지 알려 줍니다. 사진 두 장을 주면 비교합니다.`,
    nobody: "아는 사람 아님", noFace: "사진에서 얼굴을 찾지 못했습니다.", alike: (similarity, threshold) => `유사도 ${similarity}, 기준값 ${threshold}부터 인정합니다.`,
    onePerson: "같은 사람입니다", twoPersons: "서로 다른 사람입니다",
    passing: (share) => `서로 다른 두 사람의 쌍 가운데 ${share}가 통과합니다.`,
    noLabel: "해당 레이블 없음", saidFrom: (share) => `확률 ${share}부터 해당한다고 봅니다.`,
    purposeSets: (labels) => `어떤 레이블에 해당하는지 알려 줍니다: ${labels}.`, placesFor: "근거를 볼 레이블", placesForPerson: "근거를 볼 사람",
    noEntities: "이 텍스트에서 찾은 것이 없습니다.",
    purposeStrange: () => "행이 이상한지, 어느 열 때문인지 알려 줍니다.",
    purposeStrangeBy: (target) => `행이 이상한지, 어느 열 때문인지 알려 줍니다. ${target} 열로 시험했습니다.`,
    alarm: "이상: 경보", noAlarm: "이상 없음", noThreshold: "기준값이 정해지지 않았습니다.", because: "이만큼 이상해 보이게 한 열:",
    alarmFrom: (score, threshold) => `점수 ${score}, ${threshold}부터 경보입니다.`,
    purposeSeries: (target, ahead) => `${target} 값을 ${ahead}걸음 앞까지 예측합니다.`,
    history: "지난 값(CSV)", historyFile: "또는 CSV 파일",
    historyHint: (names, target) => `열: ${names}. 앞으로 올 행은 ${target}을(를) 비우고 미리 알 수 있는 값을 적습니다.`,
    columnsLacking: (names) => `없는 열: ${names}.`, noRows: "머리글 아래에 행이 없습니다.",
    bands: "실선은 지난 값, 점선은 예측입니다. 안쪽 띠에는 앞으로 올 값의 60 %, 바깥쪽 띠에는 90 %가 들어야 합니다.",
    drawnSeries: (name) => `${name}의 지난 값과 예측`, numbers: "숫자로 보기", when: "때", said: "예측", lowest: "5 %", highest: "95 %",
    total: "모든 시계열의 합계", totalOf: (count) => `시계열 ${count}개의 합입니다. 띠는 저마다의 띠를 더한 것이라 모두가 똑같이 빗나가는 경우에 해당하며, 필요한 것보다 넓습니다.`,
    totalWithout: (count) => `다른 때부터 예측하는 ${count}개는 뺐습니다.`,
    components: "추세, 계절, 달력", trend: "추세", trendIs: "계절 성분을 뺀 뒤 걸음마다 앞뒤 한 주기의 평균입니다. 점선은 예측에서 추세가 맡은 몫입니다.",
    season: "계절", seasonTimes: "추세에 곱하는 값입니다.", seasonAdded: "추세에 더하는 값입니다.", knownAdds: "이 열이 걸음마다 더하는 값입니다.",
    partsAre: "이들을 합치면 예측값이 됩니다.",
    noBoxes: "찾은 것 없음", least: "이만큼은 확실해야", purposeBoxes: (labels) => `사진에서 ${labels}을(를) 찾습니다.`,
    trained: "학습 시각", rows: "행", version: "버전", interval: (low, high) => `${low} ~ ${high}`,
  },
};

let language = remembered() || (navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en");
const listeners = [];

/** The page's word for `key`; functions among the words take what stands inside them. */
export function t(key, ...inside) {
  const word = WORDS[language][key];
  return typeof word === "function" ? word(...inside) : word ?? key;
}

export const locale = () => language;

/** Call `redraw` now and whenever the language changes. */
export function spoken(redraw) {
  listeners.push(redraw);
  redraw();
}

/** Write every marked element in the current language and wire the button that switches it. */
export function startLanguage(button) {
  button.addEventListener("click", () => {
    language = language === "ko" ? "en" : "ko";
    try { localStorage.setItem("fathom-language", language); } catch { /* private windows keep nothing */ }
    listeners.forEach((redraw) => redraw());
  });
  spoken(() => {
    document.documentElement.lang = language;
    button.textContent = language === "ko" ? "English" : "한국어";
    button.lang = language === "ko" ? "en" : "ko";
    for (const each of document.querySelectorAll("[data-t]")) each.textContent = t(each.dataset.t);
    for (const each of document.querySelectorAll("[data-t-label]")) each.setAttribute("aria-label", t(each.dataset.tLabel));
  });
}

function remembered() {
  try { return localStorage.getItem("fathom-language"); } catch { return null; }
}
