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
    more: (n) => `另外 ${n} 场`,
    none: "这段时间没有安排",
    allDay: "全天",
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
    more: (n) => `${n} more`,
    none: "Nothing is planned in this time",
    allDay: "All day",
    states: { draft: "Draft", tentative: "Tentative", confirmed: "Confirmed", cancelled: "Cancelled" },
    scroller: "Calendar, scrollable",
  },
};

/** The text named `key` in `lang` (default: the page's language; Chinese unless it is English). */
export function text(key, lang = document.documentElement.lang) {
  return TEXTS[/^en\b/i.test(lang) ? "en" : "zh"][key];
}
