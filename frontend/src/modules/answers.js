// Which answers htmx may put into the page: successes, a form sent back with errors (422), and refusals that the server
// aimed at the message area itself. Anything else (a proxy's error page) becomes a sentence.
import { say } from "./messages.js";

export function answers() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status < 400) return;
    const aimed = xhr.getResponseHeader("HX-Retarget");
    if (xhr.status === 422 || aimed) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      return;
    }
    say("服务器没有正确答复，刚才的操作可能没有完成。请稍后重试；仍不行请联系管理员。");
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (!event.target.closest?.("form[data-guard]")) say("网络连接中断，刚才的操作没有完成。请检查网络后重试。");
  });
}
