"""Problems that fail a browser test on any page."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} forbids ${event.blockedURI} ${event.sample}`));
"""
LOADING_FAILED = "Failed to load resource"
ABORTED = "net::ERR_ABORTED"


class Watch:
    """Collects the problems of all pages in the contexts that it follows.

    A problem is an error on the console, such as a violation of the Content-Security-Policy; an
    uncaught error in a script; a request to another host; a file that failed to load. The status
    of the pages themselves is left to the tests.
    """

    def __init__(self, origin: str) -> None:
        self.host = urlsplit(origin).netloc
        self.problems: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("requestfailed", self._on_failure)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(LOADING_FAILED):
            address = message.page.url if message.page else ""
            self.problems.append(f"console of {address}: {message.text}")

    def _on_error(self, error: WebError) -> None:
        self.problems.append(f"script: {error.error}")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != self.host:
            self.problems.append(f"foreign host: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.problems.append(f"{response.status}: {response.url}")

    def _on_failure(self, request: Request) -> None:
        """Ignore aborted requests: navigation and downloads abort requests in progress."""
        if request.failure != ABORTED:
            self.problems.append(f"{request.failure}: {request.url}")
