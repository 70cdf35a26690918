import json

from tests.control_plane import ControlPlaneTest, REGION, client


class BucketTest(ControlPlaneTest):
    def test_keeps_the_tags_that_it_is_created_with(self):
        s3 = client("s3")
        location = {"LocationConstraint": REGION}
        tags = [{"Key": "Environment", "Value": "dev"}, {"Key": "Project", "Value": "tap"}]
        s3.create_bucket(Bucket="many", CreateBucketConfiguration={**location, "Tags": tags})
        s3.create_bucket(Bucket="one", CreateBucketConfiguration={**location, "Tags": tags[:1]})
        s3.create_bucket(Bucket="none", CreateBucketConfiguration=location)
        self.assertEqual(s3.get_bucket_tagging(Bucket="many")["TagSet"], tags)
        self.assertEqual(s3.get_bucket_tagging(Bucket="one")["TagSet"], tags[:1])
        self.assert_refused("NoSuchTagSet", s3.get_bucket_tagging, Bucket="none")

    def test_takes_what_is_no_part_of_its_creation(self):
        s3 = client("s3")
        s3.create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": REGION})
        policy = '{"Version": "2012-10-17", "Statement": []}'
        s3.put_bucket_policy(Bucket="trail", Policy=policy)
        self.assertEqual(s3.get_bucket_policy(Bucket="trail")["Policy"], policy)

    def test_applies_its_policy_where_no_condition_is_set(self):
        s3 = client("s3")
        s3.create_bucket(Bucket="state", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="state", Key="a", Body=b"b")
        refusal = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::state/*"}

        def refuse(**condition):
            policy = {"Version": "2012-10-17", "Statement": [{**refusal, **condition}]}
            s3.put_bucket_policy(Bucket="state", Policy=json.dumps(policy))

        refuse(Condition={"Bool": {"aws:SecureTransport": "false"}})
        self.assertEqual(s3.get_object(Bucket="state", Key="a")["Body"].read(), b"b")
        refuse()
        self.assert_refused("403", s3.get_object, Bucket="state", Key="a")
