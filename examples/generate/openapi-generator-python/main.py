"""The five calls, with the client that openapi-generator generates."""

import json
import re

# #region use
import os

import contract

client = contract.ApiClient(contract.Configuration(
    host=os.environ["APPGRANT_ENDPOINT"],
    api_key={"X-Auth-Token": os.environ["APPGRANT_TOKEN"]},
))
project = os.environ["APPGRANT_PROJECT"]
gateway = "f0fa1789-3b76-433b-a787-9892951c620e"

apig = contract.APIGApi(client)
authorized, status, headers = apig.create_authorizing_apps_v2_with_http_info(
    project, gateway, contract.AppsToAuthorize(
        env_id="DEFAULT_ENVIRONMENT_RELEASE_ID",
        app_ids=["356de8eb7a8742168586e5daf5339965"],
        api_ids=["5f918d104dc84480a75166ba99efff21"],
    ))
auth = authorized.auths[0]
print(auth.auth_result.status, auth.id, headers["X-Request-Id"])

unauthorized = contract.ModelArtsApi(client).delete_api_app_auth(
    project,
    "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44",
    "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2",
    contract.AppsToUnauthorize(apps=[contract.Apps(app_id="fb1a9eadd87b48abbd74b8ba1755dffd")]),
)
print(unauthorized.unauth_result[0].success)
# #endregion

assert status == 201
assert auth.auth_result.status == "SUCCESS"
assert auth.auth_role == "PROVIDER"
assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-Id"])
assert unauthorized.unauth_result[0].success is True


def refusal(call, *args):
    """The status of a call that is refused, and its decoded body."""
    try:
        call(*args)
    except contract.ApiException as e:
        return e.status, contract.Error(**json.loads(e.body))
    raise AssertionError("was not refused")


_, status, headers = apig.canceling_authorization_v2_with_http_info(project, gateway, auth.id)
assert status == 204
assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-Id"])
status, error = refusal(apig.canceling_authorization_v2, project, gateway, auth.id)
assert (status, error.error_code) == (404, "APIG.3009")

_, status, _ = contract.ROMAConnectApi(client).delete_app_code_v2_with_http_info(
    project,
    "a1b2c3d4-0000-4000-8000-00000000000a",
    "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d",
    "c0de0000000000000000000000000001",
)
assert status == 204

dataarts = contract.DataArtsStudioApi(client)
action = contract.AuthorizationAction(
    api_id="47046fe7830c1be77cb0dc23bd86afa5",
    instance_id="APIG",
    app_id="908489209a320df61607355c57c82882",
    apply_type="APPLY_TYPE_AUTHORIZE",
    time="2099-01-01T10:00:00.000Z",
)
_, status, _ = dataarts.authorize_action_api_to_instance_with_http_info(project, action, workspace="0")
assert status == 204

# Anything but the five actions is refused here already.
try:
    action.apply_type = "APPLY_TYPE_REVOKE"
except ValueError:
    pass
else:
    raise AssertionError("an unknown action was taken")

# A status that the contract does not list for an operation: here 404, since there is no such path.
client.configuration.host += "/nowhere"
status, error = refusal(dataarts.authorize_action_api_to_instance, project, action)
assert (status, error.error_code) == (404, "APIGW.0101")
