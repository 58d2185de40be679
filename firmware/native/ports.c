/* A port of ours in the conference bridge, and how it ends.
 *
 * pjmedia adds and removes ports as queued operations of its clock, except for a port removed before
 * the clock has seen it: that one is freed at once, in the caller's thread, while the clock may be
 * looking at it.  So nothing is ever removed by MAIN while CLOCK runs: port_retire() only puts the
 * port on a list, and CLOCK takes it out of the bridge between two frames.  The port's group lock
 * counts us and the bridge; release() runs when both have let go.
 */
#include "native.h"

#include <pjsua-lib/pjsua_internal.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;  /* held for two assignments only */
static struct port *retired;

static pj_status_t on_destroy(pjmedia_port *base)
{
    struct port *port = (struct port *)base;
    pj_pool_t *pool = port->pool;

    if (port->release)
        port->release(port);
    pj_pool_release(pool);
    return PJ_SUCCESS;
}

struct port *port_create(size_t size, const char *name, void (*release)(struct port *))
{
    pj_pool_t *pool = pjsua_pool_create(name, size + 512, 512);
    pj_str_t title = pj_str((char *)name);
    struct port *port;

    if (!pool)
        return NULL;
    port = pj_pool_zalloc(pool, size);
    port->pool = pool;
    port->slot = PJSUA_INVALID_ID;
    port->release = release;
    pjmedia_port_info_init(&port->base.info, &title, PJMEDIA_SIG_CLASS_APP('H', 'S', 'W'),
                           SAMPLE_RATE, 1, 16,
                           PJMEDIA_PIA_SPF(&pjmedia_conf_get_master_port(pjsua_var.mconf)->info));
    port->base.on_destroy = on_destroy;
    return port;
}

pj_status_t port_add(struct port *port)
{
    pj_status_t status = pjmedia_port_init_grp_lock(&port->base, port->pool, NULL);

    if (status != PJ_SUCCESS) {
        on_destroy(&port->base);
        return status;
    }
    status = pjsua_conf_add_port(port->pool, &port->base, &port->slot);
    if (status != PJ_SUCCESS)
        pjmedia_port_destroy(&port->base);
    return status;
}

void port_retire(struct port *port)
{
    pthread_mutex_lock(&lock);
    port->next_retired = retired;
    retired = port;
    pthread_mutex_unlock(&lock);
    if (!clock_running())
        ports_reap();
}

void ports_reap(void)
{
    struct port *port, *next;

    pthread_mutex_lock(&lock);
    port = retired;
    retired = NULL;
    pthread_mutex_unlock(&lock);
    for (; port; port = next) {
        next = port->next_retired;
        /* pjsua_conf_remove_port would also take pjsua's big lock, for a sound device we never have. */
        pjmedia_conf_remove_port(pjsua_var.mconf, (unsigned)port->slot);
        pjmedia_port_destroy(&port->base);
    }
}
