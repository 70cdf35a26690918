from tests.control_plane import REGION, ControlPlaneTest, arn, client


class TrailTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        client("s3").create_bucket(Bucket="trails", CreateBucketConfiguration={"LocationConstraint": REGION})
        self.trails = client("cloudtrail")
        for name in ["trail-dev", "trail-prod"]:
            self.trails.create_trail(Name=name, S3BucketName="trails")

    def named(self, *names):
        return [trail["Name"] for trail in self.trails.describe_trails(trailNameList=names)["trailList"]]

    def test_are_described_by_name_or_arn(self):
        self.assertEqual(self.named("trail-dev"), ["trail-dev"])
        self.assertEqual(self.named(arn("cloudtrail", "trail/trail-prod")), ["trail-prod"])
        self.assertEqual(self.named(), ["trail-dev", "trail-prod"])

    def test_are_deleted_by_name_or_arn(self):
        self.trails.delete_trail(Name=arn("cloudtrail", "trail/trail-dev"))
        self.assertEqual(self.named(), ["trail-prod"])
        self.trails.delete_trail(Name="trail-prod")
        self.assertEqual(self.named(), [])
        self.assert_refused("TrailNotFoundException", self.trails.delete_trail, Name="trail-prod")
