"""The Python expression of an access rule, as generated modules contain it."""

from collections.abc import Callable

from rpc_contract.generator.access import AccessRule
from rpc_contract.generator.field_paths import member_expression, value_expression
from rpc_contract.generator.reasons import Reason


def access_expression(rule: AccessRule, error_function: Callable[[Reason], str]) -> str:
    """Returns the expression of a rpc_access.Access.

    Args:
        rule: The access rule.
        error_function: Returns the expression of the generated function that makes the error of a reason.
    """
    if rule.public:
        return "Access(public=True)"
    arguments = [f'scope="{rule.scope}"']
    if rule.owner:
        arguments.append(f"owner=lambda request: {value_expression('request', rule.owner)}")
    if rule.response_owner:
        value = value_expression("response", rule.response_owner)
        arguments.append(f"response_owner=lambda response: {value}")
    if rule.hidden_as:
        fields = ", ".join(
            f"{name}={member_expression('request', name)}" for name in rule.hidden_as.parameters
        )
        function = error_function(rule.hidden_as)
        arguments.append(
            f"hidden_as=lambda {'request' if fields else '_request'}: {function}({fields})"
        )
    return f"Access({', '.join(arguments)})"
