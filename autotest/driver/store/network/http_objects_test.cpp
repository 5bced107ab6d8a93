#include "driver/store/network/http_objects.h"

#include "autotest/driver/store/store_on_s3.h"
#include "driver/store/network/network_cache.h"
#include "driver/store/opening/open_store.h"
#include "stac/error.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <gtest/gtest.h>

namespace tiledir::store
{

namespace
{

using HttpObjectsTest = StoreOnS3Test;
using Strings = std::vector<std::string>;

} // namespace

TEST_F(HttpObjectsTest, OnePutWritesAndOneGetReadsWithItsStamp)
{
    m_store->write("a", "text");
    const auto object = m_store->read_stamped("a");
    ASSERT_TRUE(object);
    EXPECT_EQ(std::string(object->bytes.begin(), object->bytes.end()), "text");
    EXPECT_EQ(object->stamp.text, "\"1\"");
    EXPECT_EQ(m_store->stamp("a"), object->stamp);
    EXPECT_EQ(m_server.requests(),
              (Strings{"PUT /bucket/tiles/a if-none-match *", "GET /bucket/tiles/a", "HEAD /bucket/tiles/a"}));
}

TEST_F(HttpObjectsTest, ConditionsAreTheServersToCheck)
{
    EXPECT_TRUE(m_store->write_if("a", "first", std::nullopt));
    EXPECT_FALSE(m_store->write_if("a", "second", std::nullopt));
    EXPECT_TRUE(m_store->write_if("a", "third", Stamp{"\"1\""}));
    EXPECT_FALSE(m_store->write_if("a", "fourth", Stamp{"\"1\""}));
    EXPECT_EQ(content(), "third");
    EXPECT_EQ(m_server.requests(),
              (Strings{"PUT /bucket/tiles/a if-none-match *", "PUT /bucket/tiles/a if-none-match *",
                       "PUT /bucket/tiles/a if-match \"1\"", "PUT /bucket/tiles/a if-match \"1\""}));
}

TEST_F(HttpObjectsTest, ASuccessWhoseAnswerWasLostIsOnesOwn)
{
    m_server.next("PUT", {{0, true}});
    EXPECT_TRUE(m_store->write_if("a", "mine", std::nullopt));
    EXPECT_EQ(content(), "mine");
    m_server.next("PUT", {{0, true}, {0, true}, {0, true}, {0, true}});
    EXPECT_TRUE(m_store->write_if("b", "mine", std::nullopt));
    m_server.next("PUT", {{0, true}, {503}, {503}, {503}});
    EXPECT_NO_THROW(m_store->write("c", "mine"));
    m_server.next("DELETE", {{0, true}});
    EXPECT_TRUE(m_store->remove_if("a", m_store->stamp("a")));
    EXPECT_EQ(content(), "absent");
}

TEST_F(HttpObjectsTest, WhatLibcurlSendsAgainByItselfIsOnesOwnToo)
{
    m_store->write("b", "text"); // there is a connection now, which ends with the next answer
    m_server.next("PUT", {{0, true}});
    EXPECT_TRUE(m_store->write_if("a", "mine", std::nullopt));
    EXPECT_EQ(m_server.requests(),
              (Strings{"PUT /bucket/tiles/b if-none-match *", "PUT /bucket/tiles/a if-none-match *",
                       "PUT /bucket/tiles/a if-none-match *", "GET /bucket/tiles/a"}));
}

TEST_F(HttpObjectsTest, SameBytesOfAnotherAreNoSuccessWhereNoAnswerWasLost)
{
    m_server.put("/bucket/tiles/a", "mine");
    EXPECT_FALSE(m_store->write_if("a", "mine", std::nullopt));
}

TEST_F(HttpObjectsTest, WhatAnotherWroteAfterALostAnswerIsARefusal)
{
    m_server.put("/bucket/tiles/a", "theirs");
    m_server.next("PUT", {{503}});
    EXPECT_FALSE(m_store->write_if("a", "mine", std::nullopt));
    EXPECT_EQ(content(), "theirs");
}

TEST_F(HttpObjectsTest, AConflictIsTriedAgainAndThenARefusal)
{
    m_server.next("PUT", {{409, false, false, "ConditionalRequestConflict"}});
    EXPECT_TRUE(m_store->write_if("a", "mine", std::nullopt));
    m_server.always({409, false, false, "OperationAborted"});
    m_server.next("GET", {{404}});
    EXPECT_FALSE(m_store->write_if("b", "mine", std::nullopt));
}

TEST_F(HttpObjectsTest, AConflictThatWillNotPassIsAnError)
{
    m_server.next("PUT", {{409, false, false, "ExistingObjectIsDirectory"}});
    EXPECT_THROW(m_store->write_if("a", "mine", std::nullopt), TileError);
    EXPECT_EQ(m_server.requests().size(), 1u);
}

TEST_F(HttpObjectsTest, AnObjectThatIsGoneRefusesItsCondition)
{
    m_server.next("PUT", {{404, false, false, "NoSuchKey"}});
    EXPECT_FALSE(m_store->write_if("a", "mine", Stamp{"\"1\""}));
}

TEST_F(HttpObjectsTest, AServerWithoutConditionsIsAskedBeforeAndToldOnce)
{
    m_server.always({501});
    m_server.next("HEAD", {{}, {}, {}});
    m_server.next("GET", {{}});
    m_server.next("PUT", {{501}, {}});
    EXPECT_TRUE(m_store->write_if("a", "first", std::nullopt));
    EXPECT_FALSE(m_store->write_if("a", "second", std::nullopt));
    EXPECT_EQ(content(), "first");
    EXPECT_EQ(m_server.requests(), (Strings{"PUT /bucket/tiles/a if-none-match *", "HEAD /bucket/tiles/a",
                                            "GET /bucket/tiles/a", "PUT /bucket/tiles/a", "HEAD /bucket/tiles/a"}));
}

TEST_F(HttpObjectsTest, AWeakTagIsComparedBeforeAndNotSent)
{
    m_server.tag_weakly();
    m_store->write("a", "first");
    const auto first = m_store->stamp("a");
    EXPECT_EQ(first->text, "W/\"1\"");
    EXPECT_TRUE(m_store->write_if("a", "second", first));
    EXPECT_FALSE(m_store->write_if("a", "third", first));
    EXPECT_FALSE(m_store->remove_if("a", first));
    EXPECT_EQ(content(), "second");
    EXPECT_TRUE(m_store->remove_if("a", m_store->stamp("a")));
    EXPECT_EQ(content(), "absent");
}

TEST_F(HttpObjectsTest, AServerWithoutConditionsOfADeleteIsAskedWithoutThem)
{
    m_store->write("a", "text");
    m_server.next("DELETE", {{501}});
    EXPECT_TRUE(m_store->remove_if("a", m_store->stamp("a")));
    EXPECT_EQ(content(), "absent");
}

TEST_F(HttpObjectsTest, DeletesOnlyTheStateThatWasSeen)
{
    m_server.put("/bucket/tiles/a", "first");
    EXPECT_FALSE(m_store->remove_if("a", Stamp{"\"0\""}));
    EXPECT_FALSE(m_store->remove_if("a", std::nullopt));
    EXPECT_EQ(content(), "first");
    EXPECT_TRUE(m_store->remove_if("a", Stamp{"\"1\""}));
    EXPECT_EQ(content(), "absent");
    EXPECT_TRUE(m_store->remove_if("a", std::nullopt));
}

TEST_F(HttpObjectsTest, RemoveIsOneRequestAndNoErrorWhereThereIsNothing)
{
    m_server.put("/bucket/tiles/a", "first");
    const std::int64_t before = HttpClient::of_process().counts().requests["DELETE"];
    const std::int64_t looks = HttpClient::of_process().counts().requests["HEAD"];
    m_store->remove("a");
    m_store->remove("a");
    EXPECT_EQ(content(), "absent");
    EXPECT_EQ(HttpClient::of_process().counts().requests["DELETE"], before + 2);
    EXPECT_EQ(HttpClient::of_process().counts().requests["HEAD"], looks);
}

TEST_F(HttpObjectsTest, PatienceOutlastsSlowDownsAndExpiredCredentials)
{
    CPLSetConfigOption("TILEDIR_HTTP_PATIENCE", "600");
    m_options.push_back("TILEDIR_HTTP_PATIENCE");
    const ObjectServer::Answer slow_down{503, false, false, "SlowDown"};
    const ObjectServer::Answer expired{403, false, false, "ExpiredToken"};
    m_server.next("PUT", {slow_down, slow_down, expired, slow_down, expired, slow_down, expired});
    m_store->write("a", "mine");
    EXPECT_EQ(content(), "mine");
}

TEST_F(HttpObjectsTest, AServerThatFailsForAMomentIsAskedAgain)
{
    for (const int status : {429, 500, 502, 503, 504})
    {
        m_server.next("PUT", {{status, false, false, ""}});
        EXPECT_NO_THROW(m_store->write("a", std::to_string(status))) << status;
        EXPECT_EQ(content(), std::to_string(status));
    }
}

TEST_F(HttpObjectsTest, AServerThatDoesNotFindTheUserSaysNothingOfTheObject)
{
    m_store->write("a", "text");
    const ObjectServer::Answer no_user{404, false, false, "XAdminUserNotFound"};
    CPLSetConfigOption("TILEDIR_HTTP_PATIENCE", "600");
    m_options.push_back("TILEDIR_HTTP_PATIENCE");
    m_server.next("GET", {no_user});
    EXPECT_TRUE(m_store->read("a"));
    CPLSetConfigOption("TILEDIR_HTTP_PATIENCE", "0");
    for (const char *code : {"XAdminUserNotFound", "InvalidAccessKeyId", "NoSuchBucket"})
    {
        m_server.always({404, false, false, code});
        EXPECT_THROW(m_store->read("a"), StoreError) << code;
    }
}

TEST_F(HttpObjectsTest, NoPatienceHelpsWhereAccessIsDenied)
{
    CPLSetConfigOption("TILEDIR_HTTP_PATIENCE", "600");
    m_options.push_back("TILEDIR_HTTP_PATIENCE");
    const std::int64_t again = HttpClient::of_process().counts().again;
    EXPECT_EQ(failure_of_write({403, false, false, "AccessDenied"}).rfind("store: ", 0), 0U);
    EXPECT_EQ(HttpClient::of_process().counts().again, again);
}

TEST_F(HttpObjectsTest, AFailedWriteSaysInOneLineWhatTheServerSays)
{
    EXPECT_EQ(failure_of_write({403, false, false, "AccessDenied"}),
              "store: /vsis3/bucket/tiles/a: cannot write: HTTP 403 AccessDenied, As told; these credentials need the "
              "right to write and delete here");
    EXPECT_EQ(failure_of_write({404, false, false, "NoSuchBucket"}),
              "store: /vsis3/bucket/tiles/a: cannot write: HTTP 404 NoSuchBucket, As told");
    EXPECT_EQ(failure_of_write({503, false, false, "SlowDown"}),
              "tile: /vsis3/bucket/tiles/a: cannot write: HTTP 503 SlowDown, As told (4 attempts)");
    EXPECT_EQ(content(), "absent");
}

TEST_F(HttpObjectsTest, AServerThatIsNotThereIsAnErrorOfTheStore)
{
    CPLSetConfigOption("AWS_S3_ENDPOINT", "127.0.0.1:1");
    EXPECT_THROW(open_store("/vsis3/bucket/tiles")->write("a", "text"), StoreError);
}

TEST_F(HttpObjectsTest, AnAbsentBucketIsAnErrorAndNotAbsence)
{
    m_server.always({404, false, false, "NoSuchBucket"});
    EXPECT_THROW(m_store->read("a"), StoreError);
    EXPECT_THROW(m_store->stamp("a"), StoreError);
}

TEST_F(HttpObjectsTest, AServerWithoutHeadIsAskedForTheContent)
{
    m_store->write("a", "text");
    for (const int status : {405, 501})
    {
        m_server.next("HEAD", {{status}});
        EXPECT_EQ(m_store->stamp("a"), Stamp{"\"1\""}) << status;
    }
}

TEST_F(HttpObjectsTest, AgeIsByTheServersClock)
{
    EXPECT_FALSE(m_store->age("a"));
    m_store->write("a", "text");
    EXPECT_EQ(m_store->age("a")->count(), 120);
}

TEST_F(HttpObjectsTest, WhatWasWrittenIsForgottenByAllCaches)
{
    m_store->write("a", "text");
    VSIStatBufL status = {};
    ASSERT_EQ(VSIStatL("/vsis3/bucket/tiles/a", &status), 0);
    auto &cache = NetworkCache::of_process();
    const std::string known = "http://" + m_server.address() + "/bucket/tiles/a";
    cache.insert(known, {nullptr, "", NetworkCache::Clock::now()}, cache.forgets());
    const auto before = cache.forgets();
    m_store->write("a", "longer text");
    ASSERT_EQ(VSIStatL("/vsis3/bucket/tiles/a", &status), 0);
    EXPECT_EQ(status.st_size, 11u);
    EXPECT_FALSE(cache.find(known));
    cache.insert(known, {nullptr, "", NetworkCache::Clock::now()}, before);
    EXPECT_FALSE(cache.find(known)) << "it was asked for before the write";
    m_store->remove("a");
    EXPECT_NE(VSIStatL("/vsis3/bucket/tiles/a", &status), 0);
}

TEST_F(HttpObjectsTest, HeadersThatSignaturesMustHoldAreLeftToGdal)
{
    CPLSetConfigOption("GDAL_HTTP_HEADERS", "x-amz-storage-class: STANDARD");
    EXPECT_FALSE(HttpObjects::open("/vsis3/bucket/tiles")->can_write());
    CPLSetConfigOption("GDAL_HTTP_HEADERS", "X-Other: 1");
    EXPECT_TRUE(HttpObjects::open("/vsis3/bucket/tiles")->can_write());
    CPLSetConfigOption("GDAL_HTTP_HEADERS", nullptr);
}

} // namespace tiledir::store
