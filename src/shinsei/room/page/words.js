// Every word of the page in English and Japanese; what the room says comes in both languages already.
"use strict";
const WORDS = {
  en: {
    title: "Shinsei · operations room", switchTo: "日本語", live: "live", gone: "not connected", over: "over", asOf: "As of {at}.",
    paused: "paused", open: "office open", closed: "office closed", opens: "opens", missing: "No answer from",
    flow: "Where the applications are", curves: "Backlog of the offices, day by day", methods: "Methods",
    oldest: "Oldest cases", work: "At work", alerts: "Alerts", ledger: "Ledger", control: "Clock",
    deadline: "deadline", lastDay: "last day", target: "target", now: "now", through: "through, as forecast",
    internet: "Internet", lgwan: "LGWAN", business: "My-Number business segment",
    portal: "Portal", accepted: "accepted", linkage: "Linkage server", unfetched: "not fetched yet",
    management: "Application management", intake: "being taken in", office: "Office", backlog: "backlog",
    core: "Core systems", registered: "registered", decisions: "Decisions", decided: "decided", cities: "{n} cities",
    shown: "{n} of {of} municipalities are shown",
    heads: ["", "through on", "oldest", "clerks", "paper", "first limit"], oldHeads: ["receipt number", "procedure", "status", "age"],
    follow: "Follow a case", show: "Show", close: "Close", where: "Where the time went",
    clerks: "clerks busy", robots: "robots busy", login_seats: "login seats taken", paper: "paper waiting", officeAt: "the offices are at",
    atRisk: "late for the target at this pace", countedAge: "oldest, if taken in turn",
    lastWindows: "registered in the last full hour / day", lastMinute: "registered in the last real minute",
    kafka: "Kafka: records behind", kafkaAge: "Kafka: oldest waits, s", held: "statuses held", updates: "statuses to push", stopped: "partitions stopped",
    none: "Nothing fires.", pending: "about to fire", off: "No Prometheus answers, or it measures nothing: alerts are not evaluated.", runbook: "runbook",
    filed: "filed until", came: "came back until", behind: "behind, simulated", speed: "speed", asStarted: "as started",
    token: "Control token", pause: "Pause", resume: "As started", sent: "Done.", readOnly: "For reading only: no control token is set.",
    in_flight: "in flight", not_accepted: "not accepted", withdrawn: "withdrawn", expired: "expired", transferred: "transferred",
    dead_lettered: "dead-lettered", unaccounted: "unaccounted for", nothing: "–", h: "h", d: "d", never: "after the end",
    lead: "lead time", steps: ["when (simulated)", "what", ""], times: ["whose turn", "office open", "office closed"],
    statuses: {}, actions: {}, turns: {},
  },
  ja: {
    title: "Shinsei · 運用室", switchTo: "English", live: "接続中", gone: "切断", over: "終了", asOf: "{at} 時点。",
    paused: "一時停止中", open: "開庁中", closed: "閉庁中", opens: "次の開庁", missing: "応答なし",
    flow: "申請の所在", curves: "担当課の滞留(日別)", methods: "連携方式",
    oldest: "最も古い案件", work: "稼働状況", alerts: "アラート", ledger: "台帳", control: "時計",
    deadline: "期限", lastDay: "最終日", target: "目標", now: "現在", through: "完了見込",
    internet: "インターネット", lgwan: "LGWAN", business: "マイナンバー利用事務系",
    portal: "ぴったりサービス", accepted: "受付", linkage: "連携サーバ", unfetched: "未取得",
    management: "申請管理システム", intake: "取込中", office: "担当課", backlog: "滞留",
    core: "基幹システム", registered: "登録済", decisions: "審査・決定", decided: "決定済", cities: "{n}市",
    shown: "{of}自治体のうち{n}を表示",
    heads: ["", "完了見込", "最古", "職員", "紙", "最初の上限"], oldHeads: ["受付番号", "手続", "状態", "経過"],
    follow: "案件を追跡", show: "表示", close: "閉じる", where: "時間の内訳",
    clerks: "作業中の職員", robots: "稼働中のロボット", login_seats: "使用中のログイン枠", paper: "紙の未処理", officeAt: "担当課の時刻",
    atRisk: "今のペースで目標に遅れる件数", countedAge: "最古(先着順とみなした場合)",
    lastWindows: "直前の1時間/1日の登録件数(模擬)", lastMinute: "直前の1分の登録件数(実時間)",
    kafka: "Kafka 未処理件数", kafkaAge: "Kafka 最古の待ち(秒)", held: "保留中の状態通知", updates: "返送待ちの状態通知", stopped: "停止した区画",
    none: "発報はありません。", pending: "発報前", off: "Prometheus の応答または計測がなく、アラートは評価されていません。", runbook: "手順",
    filed: "申請の時刻", came: "戻りの時刻", behind: "遅れ(模擬)", speed: "速度", asStarted: "開始時のまま",
    token: "操作トークン", pause: "一時停止", resume: "元の速度", sent: "完了しました。", readOnly: "閲覧専用です(操作トークン未設定)。",
    in_flight: "処理中", not_accepted: "不受理", withdrawn: "取下げ", expired: "期間経過", transferred: "移管",
    dead_lettered: "処理不能", unaccounted: "所在不明", nothing: "–", h: "時間", d: "日", never: "期間後",
    lead: "所要時間", steps: ["日時(模擬)", "内容", ""], times: ["待ち先", "開庁中", "閉庁中"],
    statuses: {
      SUBMITTED: "受付", FETCHED: "取得済", QUARANTINED: "隔離", STORED: "格納済", UNIDENTIFIED: "申請者未特定", IDENTIFIED: "特定済",
      CORRECTION_REQUESTED: "要訂正", CHECKED: "確認済", WAITING_FOR_LINKAGE: "連携待ち", LINKING: "連携中", REGISTERED: "登録済",
      EXAMINED: "審査済", GRANTED: "決定", DENIED: "却下", NOTIFIED: "通知済", NOT_ACCEPTED: "不受理", WITHDRAWN: "取下げ",
      EXPIRED: "期間経過", DEAD_LETTERED: "処理不能", LAPSED: "保存期間経過", TRANSFERRED: "移管",
    },
    actions: {
      SUBMIT: "申請・受付", FETCH: "取得", QUARANTINE: "隔離", RELEASE: "隔離解除", STORE: "データベース格納", FAIL_IDENTIFICATION: "申請者特定不可",
      IDENTIFY: "申請者特定", REQUEST_CORRECTION: "補正依頼", CORRECT: "補正", CHECK: "内容確認", QUEUE_FOR_LINKAGE: "連携待ちへ",
      START_LINKAGE: "連携開始", RETURN_TO_QUEUE: "手入力へ戻し", REGISTER: "基幹システム登録", EXAMINE: "審査", GRANT: "決定", DENY: "却下",
      NOTIFY: "通知", NOT_ACCEPT: "不受理", WITHDRAW: "取下げ", EXPIRE: "期間経過", DEAD_LETTER: "処理不能", LAPSE: "保存期間経過", TRANSFER: "移管",
    },
    turns: {
      line: "回線", clerk: "職員", robot: "ロボット", window: "取込枠", interface: "標準IF", applicant: "申請者", examination: "審査", others: "その他",
    },
  },
};
const ICONS = { safe: "✔", through: "✔", at_risk: "▲", lost: "✖", unknown: "…", idle: "○", standing: "●" };
const LANGUAGE_KEY = "shinsei-language";
let language = navigator.language.startsWith("ja") ? "ja" : "en";
try { language = localStorage.getItem(LANGUAGE_KEY) || language; } catch { /* no storage: as the browser says */ }

const t = (key) => WORDS[language][key];
const say = (both) => (both ? both[language] : "");
const count = (value) => (value === null ? t("nothing") : Number(value || 0).toLocaleString("en"));
const sumOf = (values) => (values.includes(null) ? null : values.reduce((sum, value) => sum + value, 0));
const moment = (iso) => (iso ? iso.slice(0, 16).replace("T", " ") : "");
const lower = (name) => name.toLowerCase().replaceAll("_", " ");
const statusWord = (status) => t("statuses")[status] || lower(status);
const actionWord = (action) => t("actions")[action] || lower(action);
const turnWord = (turn) => t("turns")[turn] || turn;
function span(hours) {
  if (hours === null || hours === undefined) return t("nothing");
  return hours < 48 ? `${hours < 10 ? hours.toFixed(1) : Math.round(hours)} ${t("h")}` : `${(hours / 24).toFixed(1)} ${t("d")}`;
}
