"""Templates: an undefined name is an error, every template compiles, and every address they build exists."""

from __future__ import annotations

import jinja2
import pytest
from flask import render_template
from jinja2 import nodes


def trees(app):
    for name in app.jinja_env.list_templates(extensions=["html"]):
        yield name, app.jinja_env.parse(app.jinja_env.loader.get_source(app.jinja_env, name)[0])


def test_undefined_name_is_an_error(app):
    with app.test_request_context():
        for source in ("{{ nothing }}", "{{ today.nothing.more }}", "{% for one in nothing %}{% endfor %}"):
            with pytest.raises(jinja2.UndefinedError):
                app.jinja_env.from_string(source).render()


def test_page_that_is_not_given_all_it_names_is_none(app):
    with app.test_request_context(), pytest.raises(jinja2.UndefinedError, match="guides"):
        render_template("front/help.html")


@pytest.mark.slow
def test_every_template_compiles(app):
    names = app.jinja_env.list_templates(extensions=["html"])
    assert len(names) > 60
    for name in names:
        app.jinja_env.get_template(name)


@pytest.mark.slow
def test_every_address_exists(app):
    """`url_for` with a name that is written out: the view is there and gets all that its address needs."""
    needs: dict[str, list[set[str]]] = {}
    for rule in app.url_map.iter_rules():
        needs.setdefault(rule.endpoint, []).append(set(rule.arguments) - set(rule.defaults or {}))
    seen, wrong = 0, []
    for name, tree in trees(app):
        for call in tree.find_all(nodes.Call):
            if not (isinstance(call.node, nodes.Name) and call.node.name == "url_for"):
                continue
            if not (call.args and isinstance(call.args[0], nodes.Const)):
                continue
            seen += 1
            endpoint, given = call.args[0].value, {keyword.key for keyword in call.kwargs}
            if not any(wanted <= given for wanted in needs.get(endpoint, [])) and call.dyn_kwargs is None:
                wrong.append(f"{name}:{call.lineno} {endpoint} with {sorted(given)}")
    assert seen > 100
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_every_included_template_exists(app):
    names = set(app.jinja_env.list_templates())
    for name, tree in trees(app):
        for node in tree.find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)):
            if isinstance(node.template, nodes.Const):
                assert node.template.value in names, f"{name}:{node.lineno} {node.template.value}"
