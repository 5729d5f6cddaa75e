// The policies that hold for this page, as the browser was given them: with the answer of the page's
// own address, which the service worker may have kept, and in the markup.

const HEADERS = ["Content-Security-Policy", "Permissions-Policy", "Connection-Allowlist"];

export async function readPolicies() {
  const meta = document.querySelector("meta[http-equiv=Content-Security-Policy]")?.content ?? "";
  const kept = Boolean(navigator.serviceWorker?.controller);
  try {
    const { headers } = await fetch(location.href.split("#")[0]);
    return { meta, kept, answered: true, headers: HEADERS.map((name) => headers.get(name) ?? "") };
  } catch {
    return { meta, kept, answered: false, headers: HEADERS.map(() => "") };
  }
}
