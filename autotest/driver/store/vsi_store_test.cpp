#include "driver/store/vsi_store.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace tiledir::store
{

namespace
{

/// Answers each request with the status that the path names: /200 with content, /404, /403, /short with less than said.
class HttpServer
{
public:
    HttpServer()
        : m_socket(socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        m_ready = bind(m_socket, reinterpret_cast<sockaddr *>(&address), length) == 0 && listen(m_socket, 16) == 0 &&
                  getsockname(m_socket, reinterpret_cast<sockaddr *>(&address), &length) == 0;
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { serve(); });
    }
    ~HttpServer()
    {
        shutdown(m_socket, SHUT_RDWR);
        m_thread.join();
        close(m_socket);
    }

    bool ready() const { return m_ready; }
    std::string root() const { return "/vsicurl/http://127.0.0.1:" + std::to_string(m_port); }
    void set_status(int status) { m_status = status; }

private:
    void serve()
    {
        for (;;)
        {
            const int client = accept(m_socket, nullptr, nullptr);
            if (client < 0)
                return;
            answer(client);
            close(client);
        }
    }

    void answer(int client)
    {
        std::string request;
        char buffer[4096];
        while (request.find("\r\n\r\n") == std::string::npos)
        {
            const ssize_t got = recv(client, buffer, sizeof buffer, 0);
            if (got <= 0)
                return;
            request.append(buffer, static_cast<std::size_t>(got));
        }
        const bool head = request.rfind("HEAD", 0) == 0;
        const bool cut = request.find("/short") != std::string::npos;
        const std::string body = m_status == 200 ? "content" : "";
        std::string text = "HTTP/1.1 " + std::to_string(m_status) + " Status\r\nETag: \"e1\"\r\nConnection: close\r\n" +
                           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
        if (!head)
            text += cut ? body.substr(0, 3) : body;
        send(client, text.data(), text.size(), MSG_NOSIGNAL);
    }

    int m_socket;
    int m_port = 0;
    bool m_ready = false;
    std::atomic<int> m_status{200};
    std::thread m_thread;
};

class VsiStoreTest : public testing::Test
{
protected:
    ~VsiStoreTest() override { VSIRmdirRecursive("/vsimem/store_test"); }
    std::unique_ptr<Store> m_store = open_store("/vsimem/store_test/");
};

} // namespace

TEST_F(VsiStoreTest, WritesReadsStampsListsAndDeletes)
{
    EXPECT_FALSE(m_store->read("5/1/2.tif"));
    EXPECT_FALSE(m_store->stamp("5/1/2.tif"));
    EXPECT_FALSE(m_store->remove("5/1/2.tif"));
    m_store->write("5/1/2.tif", "content");
    m_store->write("5/1/1.tif", "content");
    m_store->write("5/1/0/0.tif", "content");
    EXPECT_EQ(m_store->path("5/1/2.tif"), "/vsimem/store_test/5/1/2.tif");
    EXPECT_EQ(m_store->read_text("5/1/2.tif"), "content");
    const auto stamp = m_store->stamp("5/1/2.tif");
    ASSERT_TRUE(stamp);
    m_store->write("5/1/2.tif", "longer content");
    EXPECT_NE(*m_store->stamp("5/1/2.tif"), *stamp);
    EXPECT_EQ(m_store->list("5/1"), (std::vector<std::string>{"1.tif", "2.tif"}));
    EXPECT_TRUE(m_store->list("6").empty());
    EXPECT_TRUE(m_store->remove("5/1/2.tif"));
    EXPECT_FALSE(m_store->read("5/1/2.tif"));
    EXPECT_NO_THROW(m_store->sync());
}

TEST_F(VsiStoreTest, AReaderKeepsTheContentThatItOpened)
{
    m_store->write("a", "first");
    VSILFILE *file = VSIFOpenL("/vsimem/store_test/a", "rb");
    m_store->write("a", "other content");
    char text[6] = "";
    EXPECT_EQ(VSIFReadL(text, 1, 5, file), 5u);
    EXPECT_STREQ(text, "first");
    VSIFCloseL(file);
}

TEST_F(VsiStoreTest, WritingWhereGdalOnlyReadsIsAnErrorOfTheStore)
{
    EXPECT_THROW(open_store("/vsicurl/http://127.0.0.1:1/out")->write("a", "text"), StoreError);
}

TEST_F(VsiStoreTest, MembersThatAnArchiveLacksAreAbsent)
{
    void *archive = CPLCreateZip("/vsimem/store_test/tiles.zip", nullptr);
    ASSERT_EQ(CPLCreateFileInZip(archive, "5/1.tif", nullptr), CE_None);
    ASSERT_EQ(CPLWriteFileInZip(archive, "content", 7), CE_None);
    CPLCloseFileInZip(archive);
    CPLCloseZip(archive);
    const auto store = open_store("/vsizip//vsimem/store_test/tiles.zip");
    EXPECT_EQ(store->read_text("5/1.tif"), "content");
    EXPECT_FALSE(store->read("5/2.tif"));
    EXPECT_FALSE(store->stamp("5/2.tif"));
}

TEST_F(VsiStoreTest, AnUnreadableArchiveIsAnErrorAndNotAbsence)
{
    m_store->write("broken.zip", "this is no archive");
    const auto store = open_store("/vsizip//vsimem/store_test/broken.zip");
    EXPECT_THROW(store->read("5/1.tif"), Error);
    EXPECT_THROW(store->stamp("5/1.tif"), Error);
}

TEST(VsiStoreOverHttp, Only404IsAbsent)
{
    HttpServer server;
    ASSERT_TRUE(server.ready());
    const auto store = open_store(server.root());
    EXPECT_EQ(store->read_text("a"), "content");
    EXPECT_EQ(store->stamp("a")->text, "\"e1\"");
    server.set_status(404);
    EXPECT_FALSE(store->read("a")) << "GDAL's caches know it from before";
    EXPECT_FALSE(store->stamp("a"));
    for (const int status : {400, 401, 403, 410, 500, 503})
    {
        server.set_status(status);
        EXPECT_THROW(store->read("a"), Error) << status;
        EXPECT_THROW(store->stamp("a"), Error) << status;
    }
    server.set_status(404);
    EXPECT_FALSE(store->read("b"));
    server.set_status(200);
    EXPECT_EQ(store->read_text("b"), "content") << "it appeared since";
}

TEST(VsiStoreOverHttp, ATruncatedAnswerIsAnErrorThatNamesThePath)
{
    HttpServer server;
    ASSERT_TRUE(server.ready());
    const auto store = open_store(server.root());
    try
    {
        store->read("short");
        FAIL() << "no error";
    }
    catch (const TileError &error)
    {
        EXPECT_EQ(std::string(error.what()).find(server.root() + "/short: cannot read: "), 0u) << error.what();
    }
}

TEST(VsiStoreOverHttp, ARefusedConnectionIsAnErrorAndGdalsLastErrorStays)
{
    CPLErrorReset();
    const auto store = open_store("/vsicurl/http://127.0.0.1:1");
    EXPECT_THROW(store->read("a"), Error);
    EXPECT_EQ(CPLGetLastErrorType(), CE_None);
}

} // namespace tiledir::store
