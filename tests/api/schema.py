"""Does an answer keep to the OpenAPI document? The part of JSON Schema that the document uses, in Python's standard library. A member that
an object's schema does not name is a problem, unless the schema is of options as they were sent."""
import re

DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNDERSTOOD = {"$ref", "type", "enum", "oneOf", "allOf", "properties", "required", "additionalProperties", "items", "format", "description", "title",
              "minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength", "pattern", "default", "examples", "example", "contentMediaType"}
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def is_of(value, kind):
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return {"null": value is None, "boolean": isinstance(value, bool), "string": isinstance(value, str), "array": isinstance(value, list),
            "object": isinstance(value, dict), "number": number, "integer": number and float(value).is_integer()}[kind]


class Checker:
    def __init__(self, document):
        self.document = document

    def resolved(self, schema):
        while "$ref" in schema:
            found = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def parts(self, schema):
        """The schema itself and all that allOf adds to it."""
        schema = self.resolved(schema)
        yield schema
        for part in schema.get("allOf", []):
            yield from self.parts(part)

    def problems(self, value, schema, at=""):
        parts = list(self.parts(schema))
        found = [problem for part in parts for problem in self.own_problems(value, part, at)]
        if isinstance(value, dict):
            found += self.members(value, parts, at)
        return found

    def own_problems(self, value, schema, at):
        unknown = {key for key in schema if not key.startswith("x-")} - UNDERSTOOD
        assert not unknown, f"this check does not understand {unknown}"
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(is_of(value, kind) for kind in kinds):
            return [f"{at}: {str(value)[:60]!r} is none of {kinds}"]
        found = []
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{at}: {value!r} is none of {schema['enum']}")
        if "oneOf" in schema:
            fits = [self.problems(value, one, at) for one in schema["oneOf"]]
            if sum(not one for one in fits) != 1:
                found.append(f"{at}: fits {sum(not one for one in fits)} of oneOf: {fits}")
        if isinstance(value, str):
            pattern = {"date-time": DATE_TIME, "date": DATE, "uuid": UUID}.get(schema.get("format"))
            if pattern and not pattern.fullmatch(value):
                found.append(f"{at}: {value!r} is no {schema['format']}")
            if "pattern" in schema and not re.search(schema["pattern"], value):
                found.append(f"{at}: {value!r} is not of the form {schema['pattern']}")
        if isinstance(value, list) and "items" in schema:
            for i, item in enumerate(value[:500]):
                found += self.problems(item, schema["items"], f"{at}/{i}")
        return found

    def members(self, value, parts, at):
        found = [f"{at}: {name} is missing" for part in parts for name in part.get("required", []) if name not in value]
        open_to_others = any("x-options" in part for part in parts)
        for name, member in value.items():
            schemas = [part["properties"][name] for part in parts if name in part.get("properties", {})]
            if not schemas and not open_to_others and any("properties" in part for part in parts):
                found.append(f"{at}/{name} is not in the document")
            for schema in schemas:
                found += self.problems(member, schema, f"{at}/{name}")
        return found

    def answer(self, method, pattern, answer):
        """Problems of an answer of `pattern`, the path as the document writes it."""
        stated = self.document["paths"][pattern][method.lower()]["responses"].get(str(answer.status))
        if stated is None:
            return [f"status {answer.status} is not in the document"]
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        if "content" not in stated:
            return [f"a body of {kind}, where the document has none"] if answer.body else []
        if kind not in stated["content"]:
            return [f"{kind} is none of {list(stated['content'])}"]
        return self.problems(answer.json(), stated["content"][kind]["schema"]) if "json" in kind else []
