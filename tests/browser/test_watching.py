"""The watch over the pages finds problems."""

import pytest

from tests.browser.watching import Watch

pytestmark = pytest.mark.browser

THROW = "queueMicrotask(() => { throw new Error('Oh no') })"
FETCH_MISSING = "fetch('/static/missing.css').then(response => response.text())"
PATIENCE = 100  # in tenths of a second
CALL_ABROAD = "fetch('http://127.0.0.2:9/').catch(() => null)"
ADD_STYLE = """new Promise(done => {
  addEventListener("securitypolicyviolation", () => done());
  const style = document.createElement("style");
  style.textContent = "a {}";
  document.head.append(style);
})"""


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("console.error('Oh dear')", "Oh dear"),
        (THROW, "Oh no"),
        (FETCH_MISSING, "404"),
        (CALL_ABROAD, "CSP: connect-src forbids http://127.0.0.2:9/"),
        (ADD_STYLE, "CSP: style-src-elem forbids inline"),
    ],
)
def test_it_notices_what_no_page_may_do(browser, live_server, script, problem):
    watch = Watch(live_server.url)
    context = browser.new_context(base_url=live_server.url)
    watch.follow(context)
    page = context.new_page()
    page.goto("/admin/login/")
    assert watch.problems == []
    page.evaluate(script)
    for _ in range(PATIENCE):  # the browser reports with a delay
        if any(problem in one for one in watch.problems):
            break
        page.wait_for_timeout(100)
    context.close()

    assert any(problem in one for one in watch.problems), watch.problems
