from tests.control_plane import ControlPlaneTest, arn, client, network


class ServiceTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.ecs = client("ecs")
        self.ecs.create_cluster(clusterName="ecs")
        self.register_task_definition()

    def register_task_definition(self):
        self.ecs.register_task_definition(
            family="analytics", containerDefinitions=[{"name": "analytics", "image": "image", "memory": 128}]
        )

    def create(self, **options):
        _, subnets, group = network()
        self.ecs.create_service(
            cluster="ecs",
            serviceName="analytics",
            taskDefinition="analytics:1",
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group]}},
            **options,
        )

    def service(self):
        [service] = self.ecs.describe_services(cluster="ecs", services=["analytics"])["services"]
        return service

    def test_tells_both_lists_of_capabilities(self):
        capabilities = {"drop": ["ALL"]}
        container = {"name": "other", "image": "image", "memory": 128, "linuxParameters": {"capabilities": capabilities}}
        self.ecs.register_task_definition(family="other", containerDefinitions=[container])
        described = self.ecs.describe_task_definition(taskDefinition="other:1")["taskDefinition"]
        [container] = described["containerDefinitions"]
        self.assertEqual(container["linuxParameters"]["capabilities"], {"add": [], "drop": ["ALL"]})

    def test_keeps_its_options(self):
        deployment = {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
        }
        self.create(
            desiredCount=0, deploymentConfiguration=deployment, enableECSManagedTags=True, enableExecuteCommand=False
        )
        service = self.service()
        self.assertEqual(service["deploymentConfiguration"], deployment)
        self.assertIs(service["enableECSManagedTags"], True)
        self.assertIs(service["enableExecuteCommand"], False)

    def test_has_its_options_off_unless_asked_for(self):
        self.create(desiredCount=0)
        service = self.service()
        self.assertIs(service["enableECSManagedTags"], False)
        self.assertIs(service["enableExecuteCommand"], False)

    def test_reaches_the_desired_count(self):
        self.create(desiredCount=2)
        service = self.service()
        self.assertEqual((service["desiredCount"], service["runningCount"], service["pendingCount"]), (2, 2, 0))
        [deployment] = service["deployments"]
        self.assertEqual((deployment["status"], deployment["rolloutState"]), ("PRIMARY", "COMPLETED"))
        self.assertEqual((deployment["desiredCount"], deployment["runningCount"]), (2, 2))

    def test_rolls_over_to_a_new_task_definition(self):
        self.create(desiredCount=1)
        self.register_task_definition()
        second = arn("ecs", "task-definition/analytics:2")
        self.ecs.update_service(cluster="ecs", service="analytics", taskDefinition=second)
        service = self.service()
        self.assertEqual(service["taskDefinition"], second)
        self.assertEqual([deployment["taskDefinition"] for deployment in service["deployments"]], [second])
        self.assertEqual(service["runningCount"], 1)
