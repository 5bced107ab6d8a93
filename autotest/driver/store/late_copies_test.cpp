// A request whose answer was lost, and that the server gets long after it was made again.
#include "autotest/driver/store/store_on_s3.h"
#include "driver/store/network/object_url.h"
#include "driver/store/opening/open_store.h"

namespace tiledir::store
{

namespace
{

using Strings = std::vector<std::string>;

class LateCopiesTest : public StoreOnS3Test
{
protected:
    void keep_next(const std::string &method) { m_server.next(method, {kKept}); }
    void write_tile(const std::string &text, Replacing replacing)
    {
        m_store->write_tile("a", text.data(), text.size(), replacing);
    }

    static inline const ObjectServer::Answer kKept{0, false, false, "", true};
    static inline const std::string kPut = "PUT /bucket/tiles/a";
    static inline const std::string kGet = "GET /bucket/tiles/a";
};

} // namespace

TEST_F(LateCopiesTest, AnOldWriteReplacesNothingNewer)
{
    keep_next("PUT");
    m_store->write("a", "first");
    EXPECT_EQ(content(), "first");
    keep_next("PUT");
    m_store->write("a", "second");
    m_store->write("a", "third");
    EXPECT_EQ(m_server.do_kept(), (std::vector<int>{412, 412}));
    EXPECT_EQ(content(), "third");
}

TEST_F(LateCopiesTest, NorDoesOneOfAnObjectThatWasThereBefore)
{
    m_server.put("/bucket/tiles/a", "theirs");
    m_store->read("a");
    keep_next("PUT");
    m_store->write("a", "first");
    open_store("/vsis3/bucket/tiles")->write("a", "second, by another");
    EXPECT_EQ(m_server.do_kept(), (std::vector<int>{412}));
    EXPECT_EQ(content(), "second, by another");
}

TEST_F(LateCopiesTest, NorDoesOneOfANewTile)
{
    keep_next("PUT");
    write_tile("first", Replacing::Nothing);
    write_tile("second", Replacing::Blindly);
    EXPECT_EQ(m_server.do_kept(), (std::vector<int>{412}));
    EXPECT_EQ(content(), "second");
}

TEST_F(LateCopiesTest, NorDoesAWriteThatFailedInTheEnd)
{
    m_server.next("PUT", {kKept, kKept, kKept, kKept});
    EXPECT_EQ(failure_of([this] { m_store->write("a", "first"); }).rfind("tile: /vsis3/bucket/tiles/a: ", 0), 0U);
    m_store->write("a", "second");
    m_server.do_kept();
    EXPECT_EQ(content(), "second");
}

TEST_F(LateCopiesTest, AnOldDeleteTakesNothingNewerAway)
{
    m_store->write("a", "first");
    keep_next("DELETE");
    m_store->remove("a");
    m_store->write("a", "second");
    EXPECT_EQ(m_server.do_kept(), (std::vector<int>{412}));
    EXPECT_EQ(content(), "second");
}

TEST_F(LateCopiesTest, WhatIsKnownOfAnObjectCostsNoRequest)
{
    m_store->write("a", "first");
    m_store->write("a", "second");
    m_store->read("a");
    m_store->write("a", "third");
    m_store->remove("a");
    m_store->write("a", "fourth");
    EXPECT_EQ(m_server.requests(),
              (Strings{kPut + " if-none-match *", kPut + " if-match \"1\"", kGet, kPut + " if-match \"2\"",
                       "DELETE /bucket/tiles/a if-match \"3\"", kPut + " if-none-match *"}));
}

TEST_F(LateCopiesTest, WhatIsThereUnexpectedlyIsReadAndReplaced)
{
    m_server.put("/bucket/tiles/a", "theirs");
    m_store->write("a", "mine");
    EXPECT_EQ(content(), "mine");
    m_server.put("/bucket/tiles/a", "theirs again");
    m_store->write("a", "mine again");
    EXPECT_EQ(content(), "mine again");
    m_server.put("/bucket/tiles/a", "theirs once more");
    m_store->remove("a");
    EXPECT_EQ(content(), "absent");
    m_store->write("a", "mine");
    m_server.remove("/bucket/tiles/a");
    m_store->write("a", "mine once more");
    EXPECT_EQ(content(), "mine once more");
}

TEST_F(LateCopiesTest, TheSameBytesOfAnotherAreWrittenAllTheSameSoThatTheyAreOfNow)
{
    m_server.put("/bucket/tiles/a", "alike");
    m_store->write("a", "alike");
    EXPECT_EQ(m_server.requests(), (Strings{kPut + " if-none-match *", kGet, kPut + " if-match \"1\""}));
}

TEST_F(LateCopiesTest, ANewTileThatIsThereAlreadyIsASuccessAndAnotherInItsPlaceIsReplaced)
{
    m_server.put("/bucket/tiles/a", "alike");
    write_tile("alike", Replacing::Nothing);
    EXPECT_EQ(m_server.requests(), (Strings{kPut + " if-none-match *", kGet}));
    write_tile("another", Replacing::Nothing);
    EXPECT_EQ(content(), "another");
}

TEST_F(LateCopiesTest, ATileThatMayReplaceAnotherIsOneRequest)
{
    m_server.put("/bucket/tiles/a", "theirs");
    write_tile("mine", Replacing::Blindly);
    EXPECT_EQ(content(), "mine");
    EXPECT_EQ(m_server.requests(), (Strings{kPut}));
}

TEST_F(LateCopiesTest, ATileThatReplacesWhatWasLookedAtIsTwoAndNoLateOneReplacesANewer)
{
    keep_next("PUT");
    write_tile("first", Replacing::Looking);
    keep_next("PUT");
    write_tile("second", Replacing::Looking);
    write_tile("third", Replacing::Looking);
    EXPECT_EQ(m_server.do_kept(), (std::vector<int>{412, 412}));
    EXPECT_EQ(content(), "third");
    const Strings requests = m_server.requests();
    EXPECT_EQ(Strings(requests.end() - 2, requests.end()), (Strings{"HEAD /bucket/tiles/a", kPut + " if-match \"2\""}));
    m_server.next("HEAD", {{404}});
    write_tile("fourth", Replacing::Looking);
    EXPECT_EQ(content(), "fourth");
}

TEST_F(LateCopiesTest, AServerWithoutConditionsIsToldOnceAndWritesWithoutThem)
{
    m_server.next("PUT", {{501}});
    m_store->write("a", "first");
    m_store->write("a", "second");
    write_tile("third", Replacing::Nothing);
    EXPECT_EQ(content(), "third");
    EXPECT_EQ(m_server.requests(), (Strings{kPut + " if-none-match *", kPut, kPut, kPut}));
}

TEST_F(LateCopiesTest, AWeakTagIsNoConditionOfAWrite)
{
    m_server.tag_weakly();
    m_store->write("a", "first");
    m_store->write("a", "second");
    m_store->remove("a");
    EXPECT_EQ(content(), "absent");
    EXPECT_EQ(m_server.requests(), (Strings{kPut + " if-none-match *", kPut, "DELETE /bucket/tiles/a"}));
}

TEST_F(LateCopiesTest, AnUrlThatWritesIsGoodForAQuarterOfAnHour)
{
    const auto seconds = [](const char *method)
    {
        const std::string url = object_url("/vsis3/bucket/tiles/a", method).value_or("");
        return url.substr(url.find("X-Amz-Expires=") + 14, 4);
    };
    EXPECT_EQ(seconds("PUT"), "900&");
    EXPECT_EQ(seconds("DELETE"), "900&");
    EXPECT_EQ(seconds("GET"), "3600");
}

} // namespace tiledir::store
