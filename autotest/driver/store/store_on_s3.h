// A store on S3, for tests: GDAL is told of a small server in place of the real one.
#pragma once

#include "autotest/driver/failure_of.h"
#include "autotest/driver/store/object_server.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/store.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tiledir::store
{

/// S3 as GDAL is told of it; the server looks at no signature.
class StoreOnS3Test : public testing::Test
{
protected:
    StoreOnS3Test()
    {
        const std::map<const char *, std::string> options{
            {"AWS_S3_ENDPOINT", m_server.address()}, {"AWS_HTTPS", "NO"},
            {"AWS_VIRTUAL_HOSTING", "FALSE"},        {"AWS_ACCESS_KEY_ID", "key"},
            {"AWS_SECRET_ACCESS_KEY", "secret"},     {"AWS_REGION", "us-east-1"},
            {"GDAL_HTTP_RETRY_DELAY", "0.001"}};
        for (const auto &[key, value] : options)
        {
            CPLSetConfigOption(key, value.c_str());
            m_options.push_back(key);
        }
    }
    ~StoreOnS3Test() override
    {
        for (const char *key : m_options)
        {
            CPLSetConfigOption(key, nullptr);
        }
        VSICurlClearCache();
    }
    void SetUp() override { ASSERT_TRUE(m_server.ready()); }

    std::string content() { return m_server.content("/bucket/tiles/a"); }
    std::string failure_of_write(const ObjectServer::Answer &answer)
    {
        m_server.always(answer);
        return failure_of([this] { m_store->write("a", "mine"); });
    }

    ObjectServer m_server;
    std::vector<const char *> m_options;
    std::unique_ptr<Store> m_store = open_store("/vsis3/bucket/tiles");
};

} // namespace tiledir::store
