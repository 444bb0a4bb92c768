import com.fasterxml.jackson.databind.ObjectMapper;
import contract.*;

/** Makes the calls of Main and the others, and holds what docs/generate.md says of classes and methods. */
class Check {
  public static void main(String[] args) throws Exception {
    var auth = Main.authorize();
    assert auth.getAuthResult().getStatus() == AuthResult.StatusEnum.SUCCESS;
    assert auth.getAuthRole() == ApiAuthRelations.AuthRoleEnum.PROVIDER;
    String time = auth.getAuthTime();
    assert time.startsWith("20");
    assert Main.unauthorize();

    // The status and the headers of a success are seen by an interceptor alone.
    var apig = new ApigApi(Main.client());
    var seen = Main.client().setResponseInterceptor(response -> {
      assert response.statusCode() == 204;
      assert response.headers().firstValue("X-Request-Id").orElseThrow().matches("[0-9a-f]{32}");
    });
    var cancel = ApigApi.class.getMethod(
        "cancelingAuthorizationV2", String.class, String.class, String.class);
    assert cancel.getReturnType() == void.class;
    new ApigApi(seen).cancelingAuthorizationV2(Main.PROJECT, Main.GATEWAY, auth.getId());
    var error = refusal(404, () -> apig.cancelingAuthorizationV2(Main.PROJECT, Main.GATEWAY, auth.getId()));
    assert error.getErrorCode().equals("APIG.3009");

    new RomaConnectApi(seen).deleteAppCodeV2(Main.PROJECT, "a1b2c3d4-0000-4000-8000-00000000000a",
        "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d", "c0de0000000000000000000000000001");

    var action = new AuthorizationAction()
        .apiId("47046fe7830c1be77cb0dc23bd86afa5")
        .instanceId("APIG")
        .appId("908489209a320df61607355c57c82882")
        .applyType(AuthorizationAction.ApplyTypeEnum.AUTHORIZE)
        .time("2099-01-01T10:00:00.000Z");
    new DataArtsStudioApi(seen).authorizeActionApiToInstance(Main.PROJECT, action, "0", null);

    // A pattern is for the server to hold. What is not set is sent as null if it is mandatory.
    error = refusal(400, () -> apig.cancelingAuthorizationV2(Main.PROJECT, Main.GATEWAY, "no-id!"));
    assert error.getErrorCode().equals("APIG.2012");
    var unset = Main.client().getObjectMapper().valueToTree(new AuthorizationAction());
    assert unset.toString().equals(
        "{\"api_id\":null,\"instance_id\":null,\"app_id\":null,\"apply_type\":null}") : unset;

    // The default of a member that an answer does not have.
    assert new ApiAuthRelations().getAuthTunnel() == ApiAuthRelations.AuthTunnelEnum.NORMAL;

    // A status that the contract does not list for an operation: here 404, since there is no such path.
    var nowhere = new DataArtsStudioApi(Main.client().setBasePath("/nowhere"));
    error = refusal(404, () -> nowhere.authorizeActionApiToInstance(Main.PROJECT, action, null, null));
    assert error.getErrorCode().equals("APIGW.0101");

    // Nobody listens there.
    var unheard = new DataArtsStudioApi(Main.client().setPort(2));
    var e = exception(() -> unheard.authorizeActionApiToInstance(Main.PROJECT, action, null, null));
    assert e.getCode() == 0 : e;
  }

  interface Call {
    void make() throws ApiException;
  }

  /** What a call throws. */
  static ApiException exception(Call call) {
    try {
      call.make();
    } catch (ApiException e) {
      return e;
    }
    throw new AssertionError("was not refused");
  }

  /** The decoded body of a call that is refused. */
  static contract.Error refusal(int status, Call call) throws Exception {
    var e = exception(call);
    assert e.getCode() == status : e.getMessage();
    assert e.getResponseHeaders().firstValue("X-Request-Id").isPresent();
    return new ObjectMapper().readValue(e.getResponseBody(), contract.Error.class);
  }
}
