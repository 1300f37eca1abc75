// Before the first paint: the theme, and the class "js" that hides what only pages without
// scripts need. Cookie `theme` is light, dark or absent (= as the system says).
const root = document.documentElement;
const chosen = /(?:^|;\s*)theme=(light|dark)\b/.exec(document.cookie)?.[1];
const theme = chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
root.classList.add("js");
root.dataset.bsTheme = theme; // Tabler reads this one,
root.dataset.colorScheme = theme; // FullCalendar that one
