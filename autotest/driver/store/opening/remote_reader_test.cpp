#include "autotest/driver/store/store_on_s3.h"
#include "driver/store/opening/object_reader.h"

#include <string>
#include <vector>

namespace tiledir::store
{

namespace
{

/// Of a server of plain HTTP, and of S3 on the same one.
class RemoteReaderTest : public StoreOnS3Test
{
protected:
    std::string web() const { return "/vsicurl/http://" + m_server.address() + "/tiles"; }
    std::unique_ptr<ObjectReader> reader(const ReadSettings &settings = {}) const
    {
        return open_object_reader(web(), settings);
    }
};

using Requests = std::vector<std::string>;

} // namespace

TEST_F(RemoteReaderTest, WhatWasJustAskedForIsNotAskedForAgain)
{
    m_server.put("/tiles/a", "text");
    const auto first = reader();
    EXPECT_TRUE(first->is_remote());
    EXPECT_FALSE(first->known("a")) << "nothing is known yet";
    EXPECT_EQ(first->read_text("a"), "text");
    EXPECT_EQ(first->read_text("b"), std::nullopt);
    const auto second = reader();
    EXPECT_EQ(second->read_text("a"), "text");
    EXPECT_EQ(second->read_text("b"), std::nullopt);
    EXPECT_TRUE(second->known("a").value().stamp);
    EXPECT_FALSE(second->known("b").value().stamp);
    EXPECT_EQ(m_server.requests(), (Requests{"GET /tiles/a", "GET /tiles/b"}));
}

TEST_F(RemoteReaderTest, OlderContentIsAskedForByItsEtag)
{
    m_server.put("/tiles/a", "text");
    EXPECT_EQ(reader()->read_text("a"), "text");
    const CPLConfigOptionSetter at_once("TILEDIR_NETWORK_FRESH", "0", false);
    m_server.next("GET", {{304}});
    const auto before = reader()->read("a");
    EXPECT_EQ(std::string(before.bytes->begin(), before.bytes->end()), "text");
    m_server.put("/tiles/a", "newer");
    EXPECT_EQ(reader()->read_text("a"), "newer");
    m_server.remove("/tiles/a");
    EXPECT_EQ(reader()->read_text("a"), std::nullopt);
    EXPECT_EQ(m_server.requests(), (Requests{"GET /tiles/a", "GET /tiles/a if-none-match \"1\"",
                                             "GET /tiles/a if-none-match \"1\"", "GET /tiles/a if-none-match \"2\""}));
}

TEST_F(RemoteReaderTest, StatusesThatMeanAbsentAreTheUsersToName)
{
    m_server.always({403});
    EXPECT_EQ(failure_of([this] { reader()->read("a"); }),
              "store: " + web() +
                  "/a: cannot read: HTTP 403; where this server says so of tiles that are absent (S3 does to those who "
                  "may not list), open option ABSENT_STATUS=403 takes it so");
    ReadSettings settings;
    settings.absent_status = {403};
    EXPECT_FALSE(reader(settings)->read("a").bytes);
    m_server.always({204});
    const std::string failure = failure_of([this] { reader()->read("b"); });
    EXPECT_NE(failure.find("/b: cannot read: HTTP 204"), std::string::npos) << failure;
    EXPECT_NE(failure.find("open option ABSENT_STATUS=204 takes it so"), std::string::npos) << failure;
}

TEST_F(RemoteReaderTest, AFailureIsOfItsOwnObjectAndIsNotKept)
{
    m_server.put("/tiles/a", "text");
    m_server.always({410});
    const std::string failure = failure_of([this] { reader()->read("a"); });
    EXPECT_EQ(failure.rfind("tile: " + web() + "/a: cannot read: HTTP 410", 0), 0U) << failure;
    m_server.always({});
    EXPECT_EQ(reader()->read_text("a"), "text");
}

TEST_F(RemoteReaderTest, LargerObjectsThanAreWantedAreAFailure)
{
    m_server.put("/tiles/a", "12345678");
    ReadSettings settings;
    settings.max_bytes = 8;
    EXPECT_EQ(reader(settings)->read_text("a"), "12345678");
    m_server.put("/tiles/b", "123456789");
    EXPECT_NE(failure_of([&] { reader(settings)->read("b"); }), "none");
}

TEST_F(RemoteReaderTest, ManyAreAskedForAndEachIsToldOnce)
{
    std::vector<std::string> keys;
    for (int number = 0; number < 40; ++number)
    {
        keys.push_back(std::to_string(number));
        if (number % 3 != 0)
        {
            m_server.put("/tiles/" + keys.back(), "tile " + keys.back());
        }
    }
    std::vector<std::string> found(keys.size(), "not told");
    reader()->read(keys,
                   [&](std::size_t index, const ReadObject &object)
                   {
                       EXPECT_EQ(found.at(index), "not told");
                       found.at(index) =
                           object.bytes ? std::string(object.bytes->begin(), object.bytes->end()) : "absent";
                   });
    for (std::size_t index = 0; index < keys.size(); ++index)
    {
        EXPECT_EQ(found[index], index % 3 == 0 ? "absent" : "tile " + keys[index]);
    }
    EXPECT_EQ(m_server.requests().size(), keys.size());
}

/// GDAL keeps what it reads: what it says later is old.
TEST_F(RemoteReaderTest, WhatGdalHasReadCountsAsAskedForTheFirstTime)
{
    m_server.put("/tiles/a", "newer");
    const std::string said = "text";
    note_read_by_gdal(web() + "/a", said.data(), said.size());
    EXPECT_EQ(reader()->read_text("a"), "text");
    EXPECT_TRUE(m_server.requests().empty());
    const CPLConfigOptionSetter at_once("TILEDIR_NETWORK_FRESH", "0", false);
    EXPECT_EQ(reader()->read_text("a"), "newer");
    note_read_by_gdal(web() + "/a", said.data(), said.size());
    const CPLConfigOptionSetter later("TILEDIR_NETWORK_FRESH", "10", false);
    EXPECT_EQ(reader()->read_text("a"), "newer");
}

/// What this process writes it reads.
TEST_F(RemoteReaderTest, WhatAStoreWritesIsAskedForAnew)
{
    const auto s3 = open_object_reader("/vsis3/bucket/tiles");
    EXPECT_EQ(s3->read_text("a"), std::nullopt);
    m_store->write("a", "mine");
    EXPECT_EQ(s3->read_text("a"), "mine");
    m_store->remove("a");
    EXPECT_EQ(s3->read_text("a"), std::nullopt);
}

} // namespace tiledir::store
