// The few sentences that scripts say, in the page's language (<html lang>).
const TEXTS = {
  zh: {
    copied: "已复制",
    copyFailed: "无法自动复制，请长按文字手动复制",
    failed: "没有成功：网络或服务器暂时无响应。",
    retry: "重试",
    offline: "网络已断开，恢复后可继续操作。",
    online: "网络已恢复。",
    close: "关闭",
    calendarFailed: "日历没有读到，请刷新页面再试。",
    month: "月",
    week: "周",
    list: "列表",
    today: "今天",
    earlier: { month: "上个月", week: "上一周" },
    later: { month: "下个月", week: "下一周" },
    more: (n) => `另外 ${n} 场`,
    none: "这段时间没有安排",
    allDay: "全天",
    days: "本周各天",
    sessions: (n) => `${n} 场`,
    states: { draft: "草稿", tentative: "暂定", confirmed: "已确认", cancelled: "已取消" },
    scroller: "日历，可上下滚动",
  },
  en: {
    copied: "Copied",
    copyFailed: "Could not copy; please select the text and copy it by hand",
    failed: "That did not work: the network or the server did not answer.",
    retry: "Try again",
    offline: "You are offline. You can go on once the connection is back.",
    online: "You are online again.",
    close: "Close",
    calendarFailed: "The calendar could not be read. Please reload the page.",
    month: "Month",
    week: "Week",
    list: "List",
    today: "Today",
    earlier: { month: "Month before", week: "Week before" },
    later: { month: "Next month", week: "Next week" },
    more: (n) => `${n} more`,
    none: "Nothing is planned in this time",
    allDay: "All day",
    days: "Days of the week",
    sessions: (n) => (n === 1 ? "1 session" : `${n} sessions`),
    states: { draft: "Draft", tentative: "Tentative", confirmed: "Confirmed", cancelled: "Cancelled" },
    scroller: "Calendar, scrollable",
  },
};

/** The text named `key` in `lang` (default: the page's language; Chinese unless it is English). */
export function text(key, lang = document.documentElement.lang) {
  return TEXTS[/^en\b/i.test(lang) ? "en" : "zh"][key];
}
