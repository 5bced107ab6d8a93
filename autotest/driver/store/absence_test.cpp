// Whose word it is that an object is absent.
#include "autotest/driver/store/store_on_s3.h"

#include "driver/store/network/object_access.h"
#include "driver/store/opening/object_reader.h"
#include "driver/store/opening/open_store.h"

#include <utility>

namespace tiledir::store
{

namespace
{

using Strings = std::vector<std::string>;
using Call = std::pair<const char *, std::function<void(Store &)>>;

class AbsenceTest : public StoreOnS3Test
{
protected:
    static std::vector<Call> calls()
    {
        return {{"read", [](Store &store) { store.read("a"); }},
                {"read", [](Store &store) { store.read_stamped("a"); }},
                {"read", [](Store &store) { store.stamp("a"); }},
                {"read", [](Store &store) { store.age("a"); }},
                {"write", [](Store &store) { store.write("a", "mine"); }},
                {"write", [](Store &store) { store.write_tile("a", "mine", 4, Replacing::Nothing); }},
                {"write", [](Store &store) { store.write_tile("a", "mine", 4, Replacing::Blindly); }},
                {"write", [](Store &store) { store.write_tile("a", "mine", 4, Replacing::Looking); }},
                {"write", [](Store &store) { store.write_if("a", "mine", std::nullopt); }},
                {"write", [](Store &store) { store.write_if("a", "mine", Stamp{"\"1\""}); }},
                {"delete", [](Store &store) { store.remove("a"); }},
                {"read", [](Store &store) { store.remove_if("a", Stamp{"\"1\""}); }},
                {"read", [](Store &) { open_object_reader("/vsis3/bucket/tiles")->read("a"); }}};
    }

    static ObjectServer::Answer proxys(int status) { return {status, false, false, {}, false}; }
};

} // namespace

TEST_F(AbsenceTest, A404ThatIsNotTheStoresIsAnErrorThatNamesTheObjectAndChangesNothing)
{
    m_server.put("/bucket/tiles/a", "theirs");
    m_server.always(proxys(404));
    for (const auto &[verb, call] : calls())
    {
        EXPECT_EQ(failure_of([&, &call = call] { call(*m_store); })
                      .rfind(std::string("tile: /vsis3/bucket/tiles/a: cannot ") + verb +
                                 ": HTTP 404 that is not the store's, but of a proxy before it (4 attempts)",
                             0),
                  0U)
            << verb;
    }
    EXPECT_EQ(content(), "theirs");
}

TEST_F(AbsenceTest, ItIsTriedAgainAsOtherFailuresThatMayPass)
{
    m_server.put("/bucket/tiles/a", "text");
    for (const int status : {404, 429, 500, 502, 503, 504})
    {
        m_server.next("GET", {proxys(status), proxys(status)});
        EXPECT_EQ(m_store->read_text("a"), "text") << status;
        m_server.next("PUT", {proxys(status), proxys(status)});
        m_store->write("a", "text");
        m_server.next("DELETE", {proxys(status), proxys(status)});
        m_store->remove("b");
    }
    EXPECT_EQ(content(), "text");
}

TEST_F(AbsenceTest, TheAbsenceThatAHeadTellsIsTakenFromAGetsWords)
{
    m_server.put("/bucket/tiles/a", "text");
    m_server.next("HEAD", {proxys(404)});
    EXPECT_EQ(m_store->stamp("a"), Stamp{"\"1\""});
    EXPECT_FALSE(m_store->stamp("b"));
    EXPECT_EQ(m_server.requests(),
              (Strings{"HEAD /bucket/tiles/a", "GET /bucket/tiles/a", "HEAD /bucket/tiles/b", "GET /bucket/tiles/b"}));
}

TEST_F(AbsenceTest, OnlyCodesOfAbsenceMeanIt)
{
    for (const char *code : {"NoSuchKey", "BlobNotFound"})
    {
        m_server.always({404, false, false, code, false});
        EXPECT_FALSE(m_store->read("a")) << code;
        EXPECT_FALSE(m_store->stamp("a")) << code;
    }
    for (const char *code : {"NoSuchBucket", "NoSuchUpload", "ResourceNotFound"})
    {
        m_server.always({404, false, false, code, false});
        EXPECT_THROW(m_store->read("a"), StoreError) << code;
        EXPECT_THROW(m_store->stamp("a"), StoreError) << code;
        EXPECT_THROW(m_store->remove("a"), StoreError) << code;
    }
}

TEST_F(AbsenceTest, AReaderMayBeToldToTakeItForAbsence)
{
    m_server.always(proxys(404));
    EXPECT_NE(failure_of([] { open_object_reader("/vsis3/bucket/tiles")->read("a"); }).find("ABSENT_STATUS=404"),
              std::string::npos);
    ReadSettings settings;
    settings.absent_status = {404};
    const auto asked = m_server.requests().size();
    EXPECT_FALSE(open_object_reader("/vsis3/bucket/tiles", settings)->read("a").bytes);
    EXPECT_EQ(m_server.requests().size(), asked + 1);
    m_server.always({404, false, false, "NoSuchBucket", false});
    EXPECT_THROW(open_object_reader("/vsis3/bucket/tiles", settings)->read("b"), StoreError);
}

TEST_F(AbsenceTest, OfAnInputsCredentialsItTellsNothing)
{
    m_server.always(proxys(404));
    EXPECT_EQ(access_to("/vsis3/bucket/tiles/a").access, Access::Unknown);
    m_server.always({404, false, false, "NoSuchKey", false});
    EXPECT_EQ(access_to("/vsis3/bucket/tiles/a").access, Access::Granted);
}

/// A store whose URLs GDAL does not sign, and whose answers it does not look into.
class AbsenceByGdalTest : public AbsenceTest
{
protected:
    AbsenceByGdalTest()
    {
        for (const auto &[key, value] : {std::pair("SWIFT_STORAGE_URL", "http://" + m_server.address()),
                                         std::pair("SWIFT_AUTH_TOKEN", std::string("token"))})
        {
            CPLSetConfigOption(key, value.c_str());
            m_options.push_back(key);
        }
        m_store = open_store("/vsiswift/bucket");
    }
};

TEST_F(AbsenceByGdalTest, AListingConfirmsA404)
{
    m_server.put("/bucket", R"([{"name": "a", "bytes": 4, "last_modified": "2026-01-01T00:00:00"}])");
    EXPECT_FALSE(m_store->read("b"));
    EXPECT_FALSE(m_store->stamp("b"));
    for (const auto &call :
         {Call{"", [](Store &store) { store.read("a"); }}, Call{"", [](Store &store) { store.stamp("a"); }}})
    {
        EXPECT_EQ(failure_of([&] { call.second(*m_store); }),
                  "tile: /vsiswift/bucket/a: cannot read: HTTP 404, though the store's listing tells of it");
    }
}

} // namespace tiledir::store
