import java.time.Duration
import java.time.Instant
import java.util.UUID
import kotlin.system.exitProcess
import org.openapitools.client.apis.OrdersServiceApi
import org.openapitools.client.apis.PaymentsServiceApi
import org.openapitools.client.infrastructure.ApiClient
import org.openapitools.client.infrastructure.ClientError
import org.openapitools.client.infrastructure.ClientException
import org.openapitools.client.infrastructure.Serializer
import org.openapitools.client.models.CreateAccountRequest
import org.openapitools.client.models.CreateOrderRequest
import org.openapitools.client.models.ErrorInfo
import org.openapitools.client.models.ErrorInfoReason
import org.openapitools.client.models.OrderStatus
import org.openapitools.client.models.Status
import org.openapitools.client.models.TopUpAccountBody

val timeMax: Duration = Duration.ofSeconds(15)

/** Pays an order with the client that openapi-generator generates: `java StoryKt URL USER_ID TOKEN`. */
fun main(arguments: Array<String>) {
    if (arguments.size != 3) {
        System.err.println("usage: java StoryKt URL USER_ID TOKEN")
        exitProcess(2)
    }
    val (url, userId, token) = arguments
    ApiClient.accessToken = token
    val orders = OrdersServiceApi(url)
    val payments = PaymentsServiceApi(url)
    val user = UUID.fromString(userId)
    val key = UUID.randomUUID().toString()

    val account = payments.createAccount(CreateAccountRequest(user))
    println("account: ${account.id}")

    val topUp = payments.topUpAccount(user, TopUpAccountBody(5000))
    println("top-up: ${topUp.amount}")

    val request = CreateOrderRequest(user, 1500, "Two books")
    val order = orders.createOrder(request, key)
    println("order: ${order.id}")

    var paid = order
    val end = Instant.now() + timeMax
    while (paid.status == OrderStatus.NEW && Instant.now() < end) {
        Thread.sleep(100)
        paid = orders.getOrder(order.id)
    }
    check(paid.status == OrderStatus.FINISHED) { paid }
    println("FINISHED: ${paid.updatedAt}")

    val error = runCatching { payments.createAccount(CreateAccountRequest(user)) }.exceptionOrNull()
    val body = ((error as ClientException).response as ClientError<*>).body as String
    val info = Serializer.gson.fromJson(body, Status::class.java).details[0].actualInstance as ErrorInfo
    check(info.reason == ErrorInfoReason.ACCOUNT_ALREADY_EXISTS.value) { body }
    println("typed error: ${info.reason}")

    val amounts = mutableListOf<Long>()
    var pageToken = ""
    do {
        val page = payments.listTransactions(user, 1, pageToken)
        amounts += page.transactions.map { it.amount }
        pageToken = page.nextPageToken
    } while (pageToken.isNotEmpty())
    check(amounts == listOf(1500L, 5000L)) { amounts }
    println("paging: $amounts")

    val repeated = orders.createOrder(request, key)
    check(repeated == order) { repeated }
    println("idempotent retry: ${order.id}")
}
