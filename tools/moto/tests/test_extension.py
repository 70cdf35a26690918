import unittest

from extension import adds, extends, replaces


class Moto:
    def greet(self, name):
        return f"hello {name}"

    @property
    def size(self):
        return 1


class ExtensionTest(unittest.TestCase):
    def setUp(self):
        self.moto = type("Subclass", (Moto,), {})

    def test_extends_a_method_with_the_original_first(self):
        @extends(self.moto)
        def greet(original, self, name):
            return original(self, name).upper()

        self.assertEqual(self.moto().greet("you"), "HELLO YOU")

    def test_extends_a_property(self):
        @extends(self.moto)
        def size(original, self):
            return original(self) + 1

        self.assertEqual(self.moto().size, 2)

    def test_adds_a_method_and_a_property(self):
        @adds(self.moto)
        def leave(self):
            return "bye"

        @adds(self.moto)
        @property
        def weight(self):
            return 3

        self.assertEqual((self.moto().leave(), self.moto().weight), ("bye", 3))

    def test_replaces_a_method(self):
        @replaces(self.moto)
        def greet(self, name):
            return name

        self.assertEqual(self.moto().greet("you"), "you")

    def test_refuses_to_add_what_moto_has_by_now(self):
        def greet(self, name):
            return name

        with self.assertRaisesRegex(TypeError, "moto has Subclass.greet by now"):
            adds(self.moto)(greet)

    def test_refuses_to_change_what_moto_has_no_more(self):
        def gone(self):
            return None

        for change in (extends, replaces):
            with self.assertRaisesRegex(TypeError, "moto has no Subclass.gone any more"):
                change(self.moto)(gone)
