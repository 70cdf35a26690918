"""Requests that clients repeat because the answer got lost on its way."""

import threading
from collections import OrderedDict

from werkzeug.test import run_wsgi_app

KEPT = 1000


def answering_again(application):
    """Gives the first answer again: AWS's clients send the same invocation id with every attempt, and take a success once only."""
    answers = OrderedDict()
    lock = threading.Lock()

    def answer(environ, start_response):
        invocation = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        if invocation is None:
            return application(environ, start_response)
        with lock:
            known = answers.get(invocation)
        if known is None:
            body, status, headers = run_wsgi_app(application, environ, buffered=True)
            known = (status, list(headers), b"".join(body))
            if status.startswith("2"):
                with lock:
                    answers[invocation] = known
                    while len(answers) > KEPT:
                        answers.popitem(last=False)
        status, headers, body = known
        start_response(status, headers)
        return [body]

    return answer
