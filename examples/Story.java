import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.OrdersServiceApi;
import org.openapitools.client.api.PaymentsServiceApi;
import org.openapitools.client.model.CreateAccountRequest;
import org.openapitools.client.model.CreateOrderRequest;
import org.openapitools.client.model.ErrorInfoReason;
import org.openapitools.client.model.OrderStatus;
import org.openapitools.client.model.Status;
import org.openapitools.client.model.TopUpAccountBody;
import org.openapitools.client.model.Transaction;

/** Pays an order with the client that openapi-generator generates: {@code java Story URL USER_ID TOKEN}. */
public final class Story {
  private static final Duration TIME_MAX = Duration.ofSeconds(15);

  private Story() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 3) {
      System.err.println("usage: java Story URL USER_ID TOKEN");
      System.exit(2);
    }
    var client = new ApiClient();
    client.updateBaseUri(arguments[0]);
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + arguments[2]));
    var orders = new OrdersServiceApi(client);
    var payments = new PaymentsServiceApi(client);
    var user = UUID.fromString(arguments[1]);
    var key = UUID.randomUUID().toString();

    var account = payments.createAccount(new CreateAccountRequest().userId(user), null);
    System.out.println("account: " + account.getId());

    var topUp = payments.topUpAccount(user, new TopUpAccountBody().amount(5000L), null);
    System.out.println("top-up: " + topUp.getAmount());

    var request = new CreateOrderRequest().userId(user).amount(1500L).description("Two books");
    var order = orders.createOrder(request, key);
    System.out.println("order: " + order.getId());

    var paid = order;
    for (var end = Instant.now().plus(TIME_MAX); paid.getStatus() == OrderStatus.NEW && Instant.now().isBefore(end); ) {
      Thread.sleep(100);
      paid = orders.getOrder(order.getId());
    }
    expect(paid.getStatus() == OrderStatus.FINISHED, paid);
    System.out.println("FINISHED: " + paid.getUpdatedAt());

    try {
      payments.createAccount(new CreateAccountRequest().userId(user), null);
      throw new IllegalStateException("a second account was created");
    } catch (ApiException error) {
      var status = client.getObjectMapper().readValue(error.getResponseBody(), Status.class);
      var reason = status.getDetails().get(0).getErrorInfo().getReason();
      expect(reason.equals(ErrorInfoReason.ACCOUNT_ALREADY_EXISTS.getValue()), status);
      System.out.println("typed error: " + reason);
    }

    var amounts = new ArrayList<Long>();
    var pageToken = "";
    do {
      var page = payments.listTransactions(user, 1, pageToken);
      page.getTransactions().stream().map(Transaction::getAmount).forEach(amounts::add);
      pageToken = page.getNextPageToken();
    } while (!pageToken.isEmpty());
    expect(amounts.equals(List.of(1500L, 5000L)), amounts);
    System.out.println("paging: " + amounts);

    var repeated = orders.createOrder(request, key);
    expect(repeated.equals(order), repeated);
    System.out.println("idempotent retry: " + order.getId());
  }

  private static void expect(boolean holds, Object found) {
    if (!holds) {
      throw new IllegalStateException("unexpected: " + found);
    }
  }
}
