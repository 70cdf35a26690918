import unittest

from werkzeug.test import Client
from werkzeug.wrappers import Response

import repetitions


class RepetitionsTest(unittest.TestCase):
    def setUp(self):
        self.statuses = iter([200, 500, 200, 200])
        self.calls = 0

        def application(environ, start_response):
            self.calls += 1
            return Response(f"answer {self.calls}", next(self.statuses))(environ, start_response)

        self.client = Client(repetitions.answering_again(application))

    def ask(self, invocation):
        return self.client.post("/", headers={"amz-sdk-invocation-id": invocation} if invocation else {}).text

    def test_answers_a_repeated_request_as_the_first_time(self):
        self.assertEqual([self.ask("one"), self.ask("one")], ["answer 1", "answer 1"])
        self.assertEqual(self.calls, 1)

    def test_tries_again_what_has_failed_and_what_is_no_repetition(self):
        self.assertEqual([self.ask("one"), self.ask("two"), self.ask("two"), self.ask(None)], [f"answer {n}" for n in range(1, 5)])

    def test_forgets_what_is_long_ago(self):
        self.addCleanup(setattr, repetitions, "KEPT", repetitions.KEPT)
        repetitions.KEPT = 0
        self.assertEqual([self.ask("one"), self.ask("one")], ["answer 1", "answer 2"])
