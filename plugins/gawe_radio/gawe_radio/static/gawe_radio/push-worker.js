// Shows announcements on this device while no page of the portal is open.

self.addEventListener("push", (event) => {
  const word = event.data?.json() ?? {};
  event.waitUntil(self.registration.showNotification(word.title ?? "Radio", {
    body: word.body, tag: word.tag, renotify: Boolean(word.tag), requireInteraction: Boolean(word.stays), data: { url: word.url },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data?.url ?? "/radio/", self.location.origin);
  if (address.origin === self.location.origin) event.waitUntil(self.clients.openWindow(address.href));
});
