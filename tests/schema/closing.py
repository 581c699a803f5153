"""Schemas that take no member that they do not name: here, what the tool writes and the schema does not name is a mistake."""


def closed(schema):
    """The schema with every object closed; where it is made of others, by what all of them name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        result.setdefault("unevaluatedProperties" if "allOf" in schema or "oneOf" in schema else "additionalProperties", False)
    return result
