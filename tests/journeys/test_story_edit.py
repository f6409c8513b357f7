"""A planner edits the story of a meeting on its page; every word shown is the server's."""

from __future__ import annotations

import json
import re

import pytest

from geo import story
from tests.journeys.conftest import PHONE, call

WALL = {"width": 1920, "height": 1080}
SMALL = {"width": 1024, "height": 768}
HOSTILE = "</script><b>'\"&amp;"
PICKS = ".view-list .view-pick"
UNSAVED = """() => {
    const leaving = new Event("beforeunload", { cancelable: true });
    dispatchEvent(leaving);
    return leaving.defaultPrevented;
}"""


@pytest.fixture
def stories(address):
    """Return a function that reads all kept stories; they are deleted afterwards."""

    def read():
        return [
            call(address, f"/stories/{one['id']}") for one in call(address, "/stories")["stories"]
        ]

    yield read
    for one in read():
        call(address, f"/stories/{one['id']}", method="DELETE")


def edited(page):
    """Open the editor."""
    page.keyboard.press("e")
    page.wait_for_selector(f"{PICKS}[aria-current]:focus")


def discard(page):
    """Leave nothing behind that would ask whether it is to be left behind."""
    if page.locator(".editor-notice .link").is_visible():
        page.click(".editor-notice .link")


@pytest.fixture
def desk(visit, stories):
    seen = visit("/tiny/present#view=2", size=WALL)
    edited(seen.page)
    yield seen
    assert seen.faults == []
    discard(seen.page)


def titles(page):
    return page.locator(".view-title").all_inner_texts()


def counted(page, views):
    page.wait_for_selector(f".view-list li:nth-child({views}):last-child")
    told(page)


def told(page):
    """Wait until every view has its words."""
    page.wait_for_selector(".view-list:not(:has(.skeleton))")


def headline(page, words):
    page.wait_for_function(
        "(words) => document.getElementById('headline').textContent.includes(words)", arg=words
    )


def divided(page, state=":not(:disabled)"):
    """Wait until the stage can compare, or can no longer."""
    page.wait_for_selector(f"#pager [data-tool=divider]{state}", state="attached")


def saved_as(page, name):
    page.click("[data-do=save]")
    page.fill(".save-as input", name)
    page.keyboard.press("Enter")
    page.wait_for_selector(".save-status:has-text('已保存')")


def own_story(address, name="三月例会", views=3):
    """Keep the first views of the default story."""
    made = call(address, "/stories/default")["views"][:views]
    return call(address, "/stories", {"name": name, "views": made})


def test_words_with_figures_are_shown_while_they_are_written_and_kept(desk, address, stories):
    page = desk.page
    share = call(address, "/coverage?profile=walk&minutes=15")["people"]["share"]
    page.fill("#view-title", f"{HOSTILE} ")
    page.click(".figure-chips summary")
    page.click("[data-figure=share]")
    assert page.input_value("#view-title") == HOSTILE + " {share}"
    headline(page, f"{share * 100:.1f}")
    assert HOSTILE in page.inner_text("#headline")  # the room sees it as it is
    page.fill("#view-sentence", "一共 {people} 人")
    page.wait_for_selector("#text:has-text('一共 360 人')")
    page.select_option(".big-figures select", "uncovered")
    page.select_option(".big-figures select", "people")
    page.wait_for_selector("#numbers > :nth-child(2):last-child :text-is('360')")
    assert page.locator(".unsaved-mark").is_visible()
    saved_as(page, "三月例会")
    (made,) = stories()
    view = made["views"][1]
    assert made["name"] == "三月例会" and page.url.endswith(f"story={made['id']}")
    assert view["title"] == HOSTILE + " {share}" and view["sentence"] == "一共 {people} 人"
    assert view["figures"] == ["uncovered", "people"]
    others = [0, *range(2, len(made["views"]))]
    default = call(address, "/stories/default")["views"]
    assert [made["views"][i] for i in others] == [default[i] for i in others]
    page.reload()
    headline(page, HOSTILE)


def test_views_are_added_copied_moved_and_deleted_and_all_of_it_is_undone(desk):
    page = desk.page
    before = titles(page)
    page.keyboard.press("Alt+ArrowDown")
    after = [before[0], before[2], before[1], *before[3:]]
    assert titles(page) == after
    assert "第 3 个" in page.inner_text("#editor .unseen[aria-live]")
    assert page.locator(f"{PICKS}[aria-current]:focus .view-number").inner_text() == "3"
    page.click("[data-do=copy]")
    counted(page, len(before) + 1)
    page.keyboard.press("Delete")  # the copy has the focus
    counted(page, len(before))
    assert titles(page) == after
    page.click("[data-do=capture]")
    counted(page, len(before) + 1)
    assert page.evaluate("document.activeElement.id") == "view-title"
    grip, last = page.locator(".grip").first, page.locator(".view-list li").last
    start, end = grip.bounding_box(), last.bounding_box()
    page.mouse.move(start["x"] + 4, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 4, end["y"] + end["height"] - 3, steps=4)
    page.mouse.up()
    assert titles(page)[-1] == before[0]
    for _ in range(5):
        page.keyboard.press("Control+z")
    assert titles(page) == before and page.is_disabled("[data-do=undo]")
    page.keyboard.press("Control+Shift+Z")
    assert titles(page) == after
    page.click("[data-do=undo]")
    page.wait_for_selector(".editor-notice", state="hidden")
    assert page.locator(".unsaved-mark").is_hidden()


def test_layers_and_question_are_chosen_and_the_stage_shows_them(desk, address, stories):
    page = desk.page
    page.click("[data-layer=circles]")
    page.click("[data-layer=gaps]")
    question = page.locator(".question").first
    question.locator("[aria-label=时间或路程]").fill("5")
    question.locator("[aria-label=几点]").select_option("22:30")
    question.locator("[data-service=water]").click()
    page.check("#view-compare")
    left = page.locator(".question").nth(1)
    assert left.locator("[aria-label=几点]").input_value() == ""
    left.locator("[aria-label=出行方式]").select_option("ebike")
    divided(page)
    assert "22:30" in page.inner_text(f"{PICKS}[aria-current]")
    assert "左右对照" in page.inner_text(f"{PICKS}[aria-current]")
    saved_as(page, "夜里")
    view = stories()[0]["views"][1]
    assert view["layers"] == ["cells", "gaps", "stations"]
    asked = {"budget": "5min", "services": ["water"], "at": "22:30", "scenario": None}
    assert view["asked"] == {"profile": "walk", **asked}
    assert view["against"] == {"profile": "ebike", **asked, "at": None}
    page.uncheck("#view-compare")
    divided(page, ":disabled")


def test_the_camera_of_a_view_is_where_the_map_was(desk, stories):
    page = desk.page
    page.evaluate("""async () => {
        const { drawn } = await import("/static/js/draw/bridge.js");
        const { map } = await drawn;
        map.setZoom(map.getZoom() + 2, { animate: false });
    }""")
    page.click("text=用地图现在的位置")
    page.wait_for_selector("text=地图停在这个画面自己的位置")
    saved_as(page, "近处")
    west, south, east, north = stories()[0]["views"][1]["camera"]
    assert west < east and south < north
    page.click(".view-form >> text=看全城")
    page.wait_for_selector("text=整座城市")


def test_what_is_wrong_stands_beside_its_field(visit, stories):
    page = visit("/tiny/present", size=WALL).page  # the browser itself tells of each refusal
    edited(page)
    page.fill("#view-sentence", "有 {nobody} 人")
    page.wait_for_selector("#fault-sentence:has-text('没有叫 {nobody} 的数字')")
    assert page.get_attribute("#view-sentence", "aria-invalid") == "true"
    assert page.locator(".view-list li.at-fault").count() == 1
    assert "nobody" not in page.inner_text("#story")  # the room reads on what it read before
    page.click("#headline")
    assert page.evaluate("document.activeElement.id") == "view-title"
    page.keyboard.press("Control+s")
    page.wait_for_selector(".toast.bad:has-text('第 1 个画面还有要改的地方')")
    page.fill("#view-sentence", "比 {before} 多")
    page.wait_for_selector("#fault-sentence:has-text('要有左右对照才有')")
    page.fill("#view-sentence", "")
    page.wait_for_selector("#fault-sentence", state="hidden")
    page.route("**/stories/told?*", lambda route: route.abort())
    page.click("[data-layer=gaps]")
    page.wait_for_selector("#fault-view:has-text('连不上服务器')")
    page.unroute("**/stories/told?*")
    page.click("#fault-view .link")
    page.wait_for_selector("#fault-view", state="hidden")
    discard(page)


def test_two_planners_keep_what_both_have_done(visit, address, stories):
    made = own_story(address)
    page = visit(f"/tiny/present#story={made['id']}", size=WALL).page  # a refusal is told by it
    edited(page)
    page.fill("#view-title", "我的标题")
    headline(page, "我的标题")
    theirs = [made["views"][1], {**made["views"][0], "title": "他们的标题"}]
    call(address, f"/stories/{made['id']}", {"revision": 1, "views": theirs}, "PUT")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".dialog[open]")
    left, right = page.locator(".dialog .two section").all_inner_texts()
    assert "删除" in left and "他们的标题" in left and "移动" in left
    assert "修改 我的标题 标题" in right.replace("\n", " ") and "他们" not in right
    page.click(".dialog .main")
    page.wait_for_selector(".save-status:has-text('已保存')")
    kept = {one["name"]: one for one in stories()}
    assert [view["title"] for view in kept["三月例会"]["views"]] == ["", "他们的标题"]
    assert kept["三月例会（我的）"]["views"][0]["title"] == "我的标题"
    call(address, f"/stories/{kept['三月例会（我的）']['id']}", method="DELETE")
    page.fill("#view-title", "再改")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".dialog[open]:has-text('这个故事已被删除')")
    page.click(".dialog .button:not(.main)")
    page.wait_for_selector(".story-name:has-text('默认故事')")


def test_edits_wait_on_this_machine_and_leaving_warns(visit, address, stories):
    made = own_story(address)
    seen = visit(f"/tiny/present#story={made['id']}", size=WALL)
    page = seen.page
    edited(page)
    assert not page.evaluate(UNSAVED)
    page.fill("#view-title", "还没有保存")
    headline(page, "还没有保存")
    assert page.evaluate(UNSAVED)
    seen.leave()
    page.once("dialog", lambda dialog: dialog.accept())  # yes, leave
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.locator(".unsaved-mark").is_visible()
    assert "还没有保存" not in page.inner_text("#headline")  # the meeting sees what is kept
    edited(page)
    headline(page, "还没有保存")
    call(address, f"/stories/{made['id']}", {"revision": 1, "name": "改了名"}, "PUT")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("e")  # somebody was faster meanwhile, and that is said at once
    page.wait_for_selector(".dialog[open]:has-text('改了名')")
    page.click(".dialog .button:not(.main)")
    page.wait_for_selector(".story-name:has-text('改了名')")
    assert not page.evaluate(UNSAVED) and page.input_value("#view-title") == ""


def test_a_story_goes_into_a_file_and_comes_back_with_all_its_faults(visit, stories, tmp_path):
    page = visit("/tiny/present", size=WALL).page  # the browser itself tells of the refusal
    edited(page)
    page.fill("#view-title", "{people} 人")
    headline(page, "360 人")
    page.click(".story-name")
    with page.expect_download() as loaded:
        page.click("[data-do=download]")
    text = loaded.value.path().read_text()
    assert story.read(text).views[0].title == "{people} 人"
    assert loaded.value.suggested_filename.endswith(".toml")
    bad = text.replace('"stations",', '"statoins",', 1).replace("{people}", "{peeple}", 1)
    file = tmp_path / "story.toml"
    file.write_text(bad)
    page.set_input_files("#editor input[type=file]", file)
    page.wait_for_selector(".text-dialog[open]")
    lines = bad.splitlines()
    faults = page.locator(".text-faults li").all_inner_texts()
    title, layers = lines.index('title = "{peeple} 人"') + 1, lines.index('    "statoins",') + 1
    assert [re.sub(r"\s+", " ", fault).split("）")[0] for fault in faults] == [
        f"第 1 个画面 · 标题（第 {title} 行",
        f"第 1 个画面 · 图层（第 {layers} 行",
    ]
    assert page.locator(".line-numbers .bad").count() == 2
    assert stories() == []
    page.fill("#story-text", text)
    page.click(".text-dialog .main")
    page.wait_for_selector(".text-dialog", state="hidden")
    page.wait_for_selector(".save-status:has-text('已保存')")
    (made,) = stories()
    assert made["views"][0]["title"] == "{people} 人"
    headline(page, "360 人")


def test_stories_are_copied_renamed_deleted_and_the_default_one_stays(desk, address, stories):
    page = desk.page
    page.click(".story-name")
    page.wait_for_selector(".story-list .empty")
    saved_as(page, "甲")
    page.click("[data-story-do=copy]")
    page.wait_for_selector("[data-story]:has-text('甲 副本')")
    page.click("[data-story-do=rename]")
    page.fill(".story-list input", "乙")
    page.keyboard.press("Enter")
    page.click("[data-do=save]")
    page.wait_for_selector(".save-status:has-text('已保存')")
    assert sorted(one["name"] for one in stories()) == ["乙", "甲"]
    page.click("[data-story-do=remove]")
    page.click(".toast .link")  # no, not that
    page.wait_for_selector(".story-name:has-text('乙')")
    page.click("[data-story-do=remove]")
    page.wait_for_selector(".story-name:has-text('默认故事')")
    assert [one["name"] for one in stories()] == ["甲"]
    assert "story=" not in page.url


def test_where_nothing_can_be_saved_a_file_still_can(visit, stories):
    page = visit("/tiny/present", size=SMALL).page  # the browser itself tells of the refusal
    full = {
        "type": "urn:yizhan:problem:store-read-only",
        "title": "方案库只能读取，没有保存",
        "remedy": "已有的方案仍可查看。",
    }

    def refuse(route):
        if route.request.method == "POST":
            route.fulfill(status=503, json=full)
        else:
            route.continue_()

    page.route(re.compile(r"/stories(\?|$)"), refuse)
    edited(page)
    page.fill("#view-title", "试试")
    page.click("[data-do=save]")
    page.click(".dialog .main")
    page.wait_for_selector(".editor-notice:has-text('只能读取')")
    page.click(".story-name")
    with page.expect_download():
        page.click("[data-do=download]")
    page.route("**/stories", lambda route: route.abort())
    page.click(".story-name")
    page.click(".story-name")
    page.wait_for_selector(".story-list .fault .button")
    discard(page)


def test_files_are_made_followed_and_given_up(desk):
    page = desk.page
    asked, states = [], iter(["running", "running", "done"])

    def begin(route):
        asked.append(json.loads(route.request.post_data))
        route.fulfill(status=201, json={"id": "j1", "status": "queued", "ahead": 1})

    def look(route):
        if route.request.method == "DELETE":
            asked.append("cancelled")
            route.fulfill(status=204)
            return
        state = next(states)
        step = {"step": "画地图 · drawing the maps", "done": 2, "total": 6}
        done = {"result": "/static/favicon.svg"} if state == "done" else {"progress": step}
        route.fulfill(json={"id": "j1", "status": state, **done})

    page.route("**/jobs", begin)
    page.route("**/jobs/j1", look)
    page.fill("#view-title", "没有保存")
    page.click("#desk-tools button:nth-child(2)")
    page.wait_for_selector(".export-dialog .notice:has-text('未保存')")
    page.check("input[name=format][value=png]")
    page.fill("[aria-label='宽，像素']", "1200")
    page.fill("[aria-label='高，像素']", "800")
    page.fill("#map-approval", "GS(2026)0001号")
    with page.expect_download():
        page.click(".export-dialog .main")
        page.wait_for_selector(".following:has-text('画地图')")
    page.wait_for_selector(".said:has-text('已下载')")
    assert asked == [
        {
            "kind": "meeting", "format": "png", "story": "default", "lang": "zh",
            "edition": "public", "map_approval": "GS(2026)0001号", "size": [1200, 800], "view": 2,
        }
    ]  # fmt: skip
    page.check("input[name=format][value=pdf]")
    page.check("input[name=edition][value=internal]")
    page.select_option("[aria-label=纸张]", "A3")
    states = iter(["running"] * 50)
    page.click(".export-dialog .main")
    page.wait_for_selector(".following:has-text('画地图')")
    page.click("[data-do=cancel]")
    page.wait_for_selector(".said:has-text('已取消')")
    assert asked[1:] == [
        {
            "kind": "meeting", "format": "pdf", "story": "default", "lang": "zh",
            "edition": "internal", "map_approval": "GS(2026)0001号", "paper": "A3",
        },
        "cancelled",
    ]  # fmt: skip
    states = iter(["failed"])
    page.click(".export-dialog .main")
    page.wait_for_selector(".said.bad:has-text('没有算成')")
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("locale", "size"), [("zh-CN", WALL), ("en-GB", SMALL)])
def test_the_editor_shuts_nobody_out(visit, address, stories, hindrances, locale, size):
    own_story(address, "三月例会 March")
    page = visit("/tiny/present#view=2", size=size, locale=locale).page
    edited(page)
    told(page)
    page.click(".story-name")
    page.wait_for_selector("[data-story]:nth-child(1)")
    page.click(".figure-chips summary")
    page.wait_for_selector("[data-figure=share]")
    page.check("#view-compare")
    divided(page)
    assert hindrances(page) == []
    page.click("#desk-tools button:nth-child(2)")
    page.check("input[name=format][value=png]")
    assert hindrances(page) == []
    page.keyboard.press("Escape")
    discard(page)
    page.keyboard.press("Escape")  # from within the drawer it closes the drawer
    page.wait_for_selector("#editor", state="hidden")


def test_a_phone_says_that_it_is_too_narrow(visit):
    page = visit("/tiny/present", size=PHONE).page
    page.click("#desk-tools button:nth-child(1)")
    page.wait_for_selector("#editor:has-text('屏幕太窄')")
    page.click("#editor .close")
    assert page.is_hidden("#editor")
