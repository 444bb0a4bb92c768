"""Runs main.py, makes the other calls, and holds what docs/generate.md says of classes and methods."""

import json
import re

import contract
import urllib3
from main import apig, auth, client, gateway, headers, project, status, unauthorized

assert status == 201
assert auth.auth_result.status == "SUCCESS"
assert auth.auth_role == "PROVIDER"
assert isinstance(auth.auth_time, str)
assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-Id"])
assert unauthorized.unauth_result[0].success is True


def refusal(call, *args):
    """The status of a call that is refused, and its decoded body."""
    try:
        call(*args)
    except contract.ApiException as e:
        assert isinstance(e.body, str)
        return e.status, contract.Error(**json.loads(e.body))
    raise AssertionError("was not refused")


def raises(error, call, *args, **named):
    """Whether the call raises the error."""
    try:
        call(*args, **named)
    except error:
        return True
    return False


data, status, headers = apig.canceling_authorization_v2_with_http_info(project, gateway, auth.id)
assert (data, status) == (None, 204)
assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-Id"])
status, error = refusal(apig.canceling_authorization_v2, project, gateway, auth.id)
assert (status, error.error_code) == (404, "APIG.3009")

data, status, _ = contract.ROMAConnectApi(client).delete_app_code_v2_with_http_info(
    project,
    "a1b2c3d4-0000-4000-8000-00000000000a",
    "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d",
    "c0de0000000000000000000000000001",
)
assert (data, status) == (None, 204)

dataarts = contract.DataArtsStudioApi(client)
action = contract.AuthorizationAction(
    api_id="47046fe7830c1be77cb0dc23bd86afa5",
    instance_id="APIG",
    app_id="908489209a320df61607355c57c82882",
    apply_type="APPLY_TYPE_AUTHORIZE",
    time="2099-01-01T10:00:00.000Z",
)
data, status, _ = dataarts.authorize_action_api_to_instance_with_http_info(project, action, workspace="0")
assert (data, status) == (None, 204)

# Patterns in the path and of times, and anything but the five actions, are refused here already; ids in
# bodies and the lengths of lists are not.
assert raises(ValueError, setattr, action, "apply_type", "APPLY_TYPE_REVOKE")
assert raises(ValueError, setattr, action, "time", "tomorrow")
assert raises(ValueError, setattr, auth, "auth_time", "yesterday")
assert raises(ValueError, apig.canceling_authorization_v2, project, gateway, "no id")
contract.AppsToAuthorize(env_id="no id", app_ids=[], api_ids=["no id"])

# The default of a member that an answer does not have.
absent = contract.ApiAuthRelations(api_id="a", app_id="b", auth_result=auth.auth_result)
assert absent.auth_tunnel == "NORMAL"

# A status that the contract does not list for an operation: here 404, since there is no such path.
client.configuration.host += "/nowhere"
status, error = refusal(dataarts.authorize_action_api_to_instance, project, action)
assert (status, error.error_code) == (404, "APIGW.0101")

# Nobody listens there.
client.configuration.host = "http://127.0.0.1:2"
assert raises(urllib3.exceptions.HTTPError, apig.canceling_authorization_v2, project, gateway, auth.id)
