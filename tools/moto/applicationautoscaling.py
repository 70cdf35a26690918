"""Application Auto Scaling: tags of scalable targets."""

import json

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.utilities.tagging_service import TaggingService

from extension import adds, extends


@extends(ApplicationAutoscalingBackend)
def __init__(original, self, *args, **kwargs):
    """AWS tags scalable targets."""
    original(self, *args, **kwargs)
    self.tagger = TaggingService()


@extends(ApplicationAutoScalingResponse)
def register_scalable_target(original, self):
    """AWS takes the tags with the registration."""
    answer = original(self)
    tag(self, json.loads(answer)["ScalableTargetARN"], self._get_param("Tags", {}))
    return answer


@adds(ApplicationAutoScalingResponse)
def list_tags_for_resource(self):
    """AWS answers the tags of a scalable target by its ARN."""
    tagger = self.applicationautoscaling_backend.tagger
    return json.dumps({"Tags": tagger.get_tag_dict_for_resource(self._get_param("ResourceARN"))})


@adds(ApplicationAutoScalingResponse)
def tag_resource(self):
    """AWS adds and overwrites tags."""
    tag(self, self._get_param("ResourceARN"), self._get_param("Tags"))
    return "{}"


@adds(ApplicationAutoScalingResponse)
def untag_resource(self):
    """AWS removes tags by their keys."""
    tagger = self.applicationautoscaling_backend.tagger
    tagger.untag_resource_using_names(self._get_param("ResourceARN"), self._get_param("TagKeys"))
    return "{}"


def tag(response, arn, tags):
    tagger = response.applicationautoscaling_backend.tagger
    tagger.tag_resource(arn, TaggingService.convert_dict_to_tags_input(tags))
