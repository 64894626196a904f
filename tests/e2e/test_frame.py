"""The frame works by keyboard, by choice of look and language, and without scripts."""

import pytest


@pytest.fixture
def plain_page(new_page):
    """A browser without JavaScript."""
    return new_page(java_script_enabled=False)


def background(page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_chosen_look_stays_on_the_next_page(page):
    page.goto("/accounts/login/")
    light = background(page)

    page.get_by_role("button", name="Appearance").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    page.goto("/accounts/signup/")

    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert background(page) != light


def test_the_language_changes_on_the_same_page(page):
    page.goto("/accounts/login/")

    page.get_by_role("button", name="Language").click()
    page.get_by_role("button", name="简体中文").click()

    assert page.url.endswith("/accounts/login/")
    assert page.locator("html").get_attribute("lang") == "zh-hans"


def test_look_and_language_need_no_script(plain_page):
    plain_page.goto("/accounts/login/")

    plain_page.locator("[popovertarget=themes]").click()
    plain_page.locator("#themes button[value=dark]").click()
    plain_page.locator("[popovertarget=languages]").click()
    plain_page.locator("#languages button[value=zh-hans]").click()

    html = plain_page.locator("html")
    assert (html.get_attribute("data-theme"), html.get_attribute("lang")) == ("dark", "zh-hans")


def test_a_slash_leads_to_the_search_field(page):
    page.goto("/accounts/signup/")
    page.locator("h1").click()

    page.keyboard.press("/")
    page.keyboard.type("lantern")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=lantern")

    assert page.locator("h1").inner_text() == "Search for “lantern”"


def test_a_question_mark_lists_the_keys_and_escape_puts_them_away(page):
    heard = []
    page.on("console", lambda message: heard.append(message.text))
    page.goto("/accounts/signup/")
    keys = page.locator("#keys")
    page.locator("h1").click()

    page.keyboard.press("?")
    shown = keys.is_visible()
    listed = keys.locator("kbd").all_inner_texts()
    page.keyboard.press("Escape")

    assert (shown, listed, keys.is_visible()) == (True, ["/", "?"], False)
    assert heard == []


def test_a_question_mark_in_a_field_is_a_question_mark(page):
    page.goto("/accounts/signup/")
    field = page.locator("main input[type=text]").first
    field.focus()

    page.keyboard.press("?")

    assert (field.input_value(), page.locator("#keys").is_visible()) == ("?", False)


def test_without_script_there_are_no_keys_to_list(plain_page):
    plain_page.goto("/accounts/signup/")
    plain_page.locator("h1").click()

    plain_page.keyboard.press("?")

    assert plain_page.locator("#keys").is_visible() is False


def test_the_first_tab_stop_skips_to_the_content(page):
    page.goto("/")

    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")

    assert focused == "skip"
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_phone_menu_opens_without_script(new_page):
    page = new_page(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page.goto("/")

    page.locator("[popovertarget=sheet]").click()

    assert page.locator("#sheet a").first.is_visible()


def test_an_error_summary_leads_to_its_field(page):
    page.goto("/accounts/login/")
    page.locator("main button[type=submit]").first.click()

    page.locator("main .callout.bad a").first.click()

    assert page.evaluate("document.activeElement.name") == "login"


def test_a_message_is_dismissed_by_its_button(member_page):
    member_page.goto("/settings/")
    member_page.locator("main form[method=post] button[type=submit]").first.click()
    toast = member_page.locator(".toast")
    said = toast.inner_text()

    toast.get_by_role("button", name="Dismiss").click()
    toast.wait_for(state="detached")

    assert said == "Your profile is saved."


def test_a_signed_in_person_signs_out_from_the_menu(member_page):
    member_page.goto("/accounts/email/")
    member_page.get_by_role("button", name="Your account").click()

    member_page.locator("#account form button").click()
    member_page.wait_for_load_state()

    assert member_page.locator("#account").count() == 0
