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
