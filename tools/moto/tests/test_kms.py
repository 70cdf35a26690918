from tests.control_plane import ControlPlaneTest, client


class KmsTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.kms = client("kms")
        self.key_id = self.kms.create_key()["KeyMetadata"]["KeyId"]

    def rotation(self):
        answer = self.kms.get_key_rotation_status(KeyId=self.key_id)
        return answer["KeyRotationEnabled"], answer.get("RotationPeriodInDays")

    def test_keeps_the_rotation_period(self):
        self.assertEqual(self.rotation(), (False, None))
        self.kms.enable_key_rotation(KeyId=self.key_id, RotationPeriodInDays=180)
        self.assertEqual(self.rotation(), (True, 180))
        self.kms.disable_key_rotation(KeyId=self.key_id)
        self.assertEqual(self.rotation(), (False, None))

    def test_rotates_once_a_year_unless_told_otherwise(self):
        self.kms.enable_key_rotation(KeyId=self.key_id)
        self.assertEqual(self.rotation(), (True, 365))

    def test_says_that_a_key_is_of_one_region(self):
        self.assertIs(self.kms.describe_key(KeyId=self.key_id)["KeyMetadata"]["MultiRegion"], False)

    def test_answers_a_repeated_alias_again_and_refuses_one_of_another_key(self):
        other = self.kms.create_key()["KeyMetadata"]["KeyId"]
        for _ in range(2):
            self.kms.create_alias(AliasName="alias/one", TargetKeyId=self.key_id)
        with self.assertRaises(self.kms.exceptions.AlreadyExistsException):
            self.kms.create_alias(AliasName="alias/one", TargetKeyId=other)
        aliases = {alias["AliasName"]: alias.get("TargetKeyId") for alias in self.kms.list_aliases()["Aliases"]}
        self.assertEqual(aliases["alias/one"], self.key_id)
