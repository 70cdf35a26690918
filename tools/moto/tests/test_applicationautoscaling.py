from tests.control_plane import ControlPlaneTest, client

TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/ecs/analytics",
    "ScalableDimension": "ecs:service:DesiredCount",
}


class ScalableTargetTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        ecs = client("ecs")
        ecs.create_cluster(clusterName="ecs")
        ecs.register_task_definition(
            family="analytics", containerDefinitions=[{"name": "a", "image": "a", "memory": 1}]
        )
        ecs.create_service(cluster="ecs", serviceName="analytics", taskDefinition="analytics", desiredCount=0)
        self.scaling = client("application-autoscaling")
        answer = self.scaling.register_scalable_target(
            **TARGET, MinCapacity=0, MaxCapacity=2, Tags={"Environment": "dev"}
        )
        self.arn = answer["ScalableTargetARN"]

    def tags(self):
        return self.scaling.list_tags_for_resource(ResourceARN=self.arn)["Tags"]

    def test_keeps_the_tags_of_the_registration(self):
        self.assertEqual(self.tags(), {"Environment": "dev"})

    def test_registering_again_without_tags_leaves_them(self):
        self.scaling.register_scalable_target(**TARGET, MaxCapacity=4)
        self.assertEqual(self.tags(), {"Environment": "dev"})

    def test_adds_overwrites_and_removes_tags(self):
        self.scaling.tag_resource(ResourceARN=self.arn, Tags={"Environment": "pr-7", "Team": "a"})
        self.assertEqual(self.tags(), {"Environment": "pr-7", "Team": "a"})
        self.scaling.untag_resource(ResourceARN=self.arn, TagKeys=["Team"])
        self.assertEqual(self.tags(), {"Environment": "pr-7"})
