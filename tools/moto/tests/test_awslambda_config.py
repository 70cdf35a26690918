from tests.control_plane import ControlPlaneTest, client, network
from tests.local_cloud import ACCOUNT, zipped

ROLE = f"arn:aws:iam::{ACCOUNT}:role/function"


class FunctionConfigurationTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.functions = client("lambda")
        client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")

    def create(self, **configuration):
        self.functions.create_function(
            FunctionName="records",
            Runtime="nodejs22.x",
            Handler="index.handler",
            Role=ROLE,
            Code={"ZipFile": zipped({"index.mjs": "export const handler = () => 1;"})},
            **configuration,
        )

    def configuration(self, key):
        return self.functions.get_function_configuration(FunctionName="records").get(key)

    def test_logs_as_text_to_the_group_of_its_name_unless_told_otherwise(self):
        self.create()
        self.assertEqual(self.configuration("LoggingConfig"), {"LogFormat": "Text", "LogGroup": "/aws/lambda/records"})

    def test_keeps_and_changes_where_it_logs_to(self):
        logging = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN", "LogGroup": "mine"}
        self.create(LoggingConfig=logging)
        self.assertEqual(self.configuration("LoggingConfig"), logging)
        self.functions.update_function_configuration(
            FunctionName="records", LoggingConfig={**logging, "SystemLogLevel": "INFO"}
        )
        self.assertEqual(self.configuration("LoggingConfig"), {**logging, "SystemLogLevel": "INFO"})

    def test_another_update_leaves_it(self):
        logging = {"LogFormat": "JSON", "LogGroup": "mine"}
        self.create(LoggingConfig=logging)
        self.functions.update_function_configuration(FunctionName="records", MemorySize=512)
        self.assertEqual((self.configuration("MemorySize"), self.configuration("LoggingConfig")), (512, logging))

    def test_changes_whether_it_is_traced_when_told_so(self):
        self.create(TracingConfig={"Mode": "Active"})
        self.functions.update_function_configuration(FunctionName="records", MemorySize=512)
        self.assertEqual(self.configuration("TracingConfig"), {"Mode": "Active"})
        self.functions.update_function_configuration(FunctionName="records", TracingConfig={"Mode": "PassThrough"})
        self.assertEqual(self.configuration("TracingConfig"), {"Mode": "PassThrough"})

    def test_is_in_the_vpc_of_its_subnets(self):
        vpc, subnets, group = network()
        self.create(VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [group]})
        self.assertEqual(self.configuration("VpcConfig")["VpcId"], vpc)

    def test_moves_to_other_security_groups_in_the_same_subnets(self):
        vpc, subnets, group = network()
        self.create(VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [group]})
        other = client("ec2").create_security_group(VpcId=vpc, GroupName="other", Description="other")["GroupId"]
        self.functions.update_function_configuration(FunctionName="records", VpcConfig={"SecurityGroupIds": [other]})
        config = self.configuration("VpcConfig")
        self.assertEqual((config["SubnetIds"], config["SecurityGroupIds"], config["VpcId"]), (subnets, [other], vpc))
