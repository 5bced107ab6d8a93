#include "tools/engine/recipe/secrets.h"

#include <gtest/gtest.h>

using tiledir::engine::Json;
using tiledir::engine::Secrets;

TEST(Secrets, PasswordsInUrlsAreHidden)
{
    const Secrets secrets;
    EXPECT_EQ(secrets.redacted("/vsicurl/https://ann:se:cr@et@host/a.tif: cannot"),
              "/vsicurl/https://ann:***@host/a.tif: cannot");
    EXPECT_EQ(secrets.redacted("PG:postgres://u:p@h/d and https://v:q@i"),
              "PG:postgres://u:***@h/d and https://v:***@i");
    for (const char *open : {"https://host:8080/a@b.tif", "https://ann@host/a.tif", "s3://bucket/a:b@c", "plain text"})
    {
        EXPECT_EQ(secrets.redacted(open), open);
    }
}

TEST(Secrets, ValuesOfSecretNamesAreHidden)
{
    const Secrets secrets;
    EXPECT_EQ(secrets.redacted("https://h/a.tif?X-Amz-Signature=12ab&x=1&sig=AbC%3D, then"),
              "https://h/a.tif?X-Amz-Signature=***&x=1&sig=***, then");
    EXPECT_EQ(secrets.redacted("AWS_SECRET_ACCESS_KEY=abc GDAL_HTTP_USERPWD=me:you"),
              "AWS_SECRET_ACCESS_KEY=*** GDAL_HTTP_USERPWD=***");
    EXPECT_EQ(secrets.redacted("?token=${TOKEN}&tile=3"), "?token=${TOKEN}&tile=3")
        << "a variable's name tells nothing";
    EXPECT_EQ(secrets.redacted("event=end state=\"finished\" monkey=3"), "event=end state=\"finished\" monkey=3");
}

TEST(Secrets, WhatAVariableStoodForIsItsNameAgain)
{
    const Secrets secrets(tiledir::store::Variables{{"TOKEN", "geheim"}, {"ONE", "1"}});
    EXPECT_EQ(secrets.redacted("/vsicurl/http://h/geheim/11/1.tif: geheim"),
              "/vsicurl/http://h/${TOKEN}/11/1.tif: ${TOKEN}");
}

TEST(Secrets, AllTextsOfADocumentAreLookedAt)
{
    const Json document = {{"gdal_options", {{"AWS_SECRET_ACCESS_KEY", "abc"}, {"AWS_SESSION_TOKEN", "${TOKEN}"}}},
                           {"path", {"https://a:b@h/1.tif", "2.tif"}},
                           {"threads", 2}};
    const Json expected = {{"gdal_options", {{"AWS_SECRET_ACCESS_KEY", "***"}, {"AWS_SESSION_TOKEN", "${TOKEN}"}}},
                           {"path", {"https://a:***@h/1.tif", "2.tif"}},
                           {"threads", 2}};
    EXPECT_EQ(Secrets().redacted_json(document), expected);
}

TEST(Secrets, ErrorsComeOutOfAGuardWithoutThem)
{
    const Secrets secrets(tiledir::store::Variables{{"TOKEN", "geheim"}});
    try
    {
        secrets.guard([]() -> int { throw tiledir::InputError("geheim.tif: no such file"); });
        FAIL() << "the error was lost";
    }
    catch (const tiledir::InputError &error)
    {
        EXPECT_STREQ(error.what(), "${TOKEN}.tif: no such file");
    }
}

TEST(Secrets, AVariableIsKnownInPathsAndUrlsMadeOfIt)
{
    const Secrets secrets(
        tiledir::store::Variables{{"BASE", "s3://bucket/geheim"}, {"HERE", "./x/../data/"}, {"WORD", "a b/c+d"}});
    EXPECT_EQ(secrets.redacted("/vsis3/bucket/geheim/1.tif"), "${BASE}/1.tif");
    EXPECT_EQ(secrets.redacted("/srv/data/1.tif"), "/srv/${HERE}/1.tif");
    EXPECT_EQ(secrets.redacted("http://h/a%20b/c%2Bd and a%20b%2Fc%2Bd"), "http://h/${WORD} and ${WORD}");
    EXPECT_EQ(secrets.with_names("a%20b/c%2Bd?token=1"), "a%20b/c%2Bd?token=1") << "another file's name";
}

TEST(Secrets, TheLongerOfTwoValuesGoesFirst)
{
    const Secrets secrets(tiledir::store::Variables{{"A", "geheim"}, {"B", "geheim4711"}});
    EXPECT_EQ(secrets.redacted("geheim4711 geheim"), "${B} ${A}");
}
